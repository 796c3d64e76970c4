import NIOCore
import HTTPTypes
import Postgres
import Redis

/// Runs a request that carries an `Idempotency-Key`. PostgreSQL decides; Redis only shortens the way.
///
/// The record is written by the handler in the same transaction as its work, so a worker killed anywhere leaves both or
/// neither. This type finds the record when the handler could not do its work: because a twin was faster
/// (``AlreadyDone``), because the outcome of a commit is unknown, or because the repeated request would now be refused
/// (its object is gone, its timer runs, its body is another one) although the first one was carried out.
public struct Idempotency: Sendable {
    let db: PostgresClient
    let redis: RedisClient?
    let redisKeyPrefix: String
    let metrics: ServiceMetrics

    func run(_ key: IdempotencyKey, _ handler: () async throws -> Reply) async throws -> Reply {
        do {
            let reply = try await handler()
            if reply.status.kind == .successful, !reply.isTrial {
                remember(key, IdempotencyRecord(status: reply.status.code, body: reply.keptBody ?? reply.body))
            }
            return reply
        } catch let error as PostgresError where error.code == .connectionLost {
            // The commit may or may not have happened. On another connection this is a replay or a safe first run.
            return try await repeated(key, handler)
        } catch let error as PostgresError where error.code == .lockTimeout {
            throw Self.inProgress
        } catch let error as PostgresError {
            throw error
        } catch {
            if let record = try await find(key) { return record.replay }
            throw error is AlreadyDone ? Self.inProgress : error
        }
    }

    private func repeated(_ key: IdempotencyKey, _ handler: () async throws -> Reply) async throws -> Reply {
        if let record = try await find(key) { return record.replay }
        do {
            return try await handler()
        } catch is AlreadyDone {
            guard let record = try await find(key) else { throw Self.inProgress }
            return record.replay
        }
    }

    private func find(_ key: IdempotencyKey) async throws(PostgresError) -> IdempotencyRecord? {
        let statement = Statement(
            """
            select response_status, response_body from \(key.owner.table)
            where \(key.owner.column) = $1 and scope = $2 and key_hash = $3 and created_at > now() - interval '24 hours'
            """, [.int(key.ownerID), .text(key.operation), .text(key.hash)])
        guard let row = try await db.query(statement).first else { return nil }
        let record = IdempotencyRecord(status: Int(row.int(0)), body: .init(string: row.string(1)))
        remember(key, record)
        metrics.replayed(from: .postgres)
        return record
    }

    /// In the background: losing it costs one index probe.
    private func remember(_ key: IdempotencyKey, _ record: IdempotencyRecord) {
        redis?.post(key.store(record, prefix: redisKeyPrefix))
    }

    /// The first request with this key has not finished within the lock timeout.
    private static var inProgress: APIError {
        var error = APIError.conflict("A request with this Idempotency-Key is still in progress")
        error.headers = [("retry-after", "1")]
        return error
    }
}
