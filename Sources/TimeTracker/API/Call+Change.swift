import HTTPTypes
import NIOCore
import Postgres

extension Call {
    /// Carries out a change in one transaction. With an `Idempotency-Key` the reply is kept in the same transaction, so
    /// that a repeated request gets it again, whatever has happened in between (behaviour.md §2.9).
    ///
    /// - Throws: ``APIError`` 403 for viewers; what `body` throws, after a rollback; ``AlreadyDone`` when the
    ///   key's request was carried out before, which ``Idempotency/run(_:_:)`` turns into that request's reply.
    func change(_ body: (PostgresTransaction) async throws -> Reply) async throws -> Reply {
        try await context.change { tx in
            guard let key = idempotency else { return try await body(tx) }
            try await key.claim(in: tx)
            let reply = try await body(tx)
            if reply.status.kind == .successful { try await key.keep(reply, in: tx) }
            return reply
        }
    }
}

extension IdempotencyKey {
    /// Makes twins of this request wait for each other until the transaction ends.
    fileprivate func claim(in tx: PostgresTransaction) async throws {
        let values: [PostgresValue] = [.int(ownerID), .text(operation), .text(hash)]
        let rows = try await tx.pipeline([
            Statement("select pg_advisory_xact_lock(hashtextextended($2 || ':' || $3, $1))", values),
            // A statement of its own: its snapshot has to be younger than the lock.
            Statement(
                """
                select 1 from \(owner.table) where \(owner.column) = $1 and scope = $2 and key_hash = $3
                    and created_at > now() - interval '24 hours'
                """, values),
        ])
        if rows.last?.isEmpty == false { throw AlreadyDone() }
    }

    fileprivate func keep(_ reply: Reply, in tx: PostgresTransaction) async throws {
        let statement = Statement(
            """
            insert into \(owner.table) (\(owner.column), scope, key_hash, response_status, response_body)
            values ($1, $2, $3, $4::int, $5)
            on conflict (\(owner.column), scope, key_hash) do update
                set response_status = excluded.response_status, response_body = excluded.response_body, created_at = now()
            """,
            [
                .int(ownerID), .text(operation), .text(hash), .int(Int64(reply.status.code)),
                .text(String(buffer: reply.keptBody ?? reply.body)),
            ])
        _ = try await tx.query(statement)
    }
}
