import Logging
import Postgres

/// Deletes what has served its time: deliveries after 30 days (behaviour.md §10.5), idempotency records after 24 hours
/// (behaviour.md §2.9), files that were uploaded to be imported after 24 hours (behaviour.md §12.14), browser sessions when
/// they expire, the use of tokens by the hour after 25 hours (behaviour.md §2.3).
struct RetentionSweep: Sendable {
    /// Rows for one statement, so that none runs long.
    private static let batch: Int64 = 5000

    let db: PostgresClient
    let logger: Logger

    func run() async {
        do {
            let deliveries = try await delete(
                "webhook_deliveries", "created_at < now() - interval '30 days' and claimed_by is null")
            var keys = 0
            for table in ["api_idempotency_keys", "form_idempotency_keys"] {
                keys += try await delete(table, "created_at < now() - interval '24 hours'")
            }
            let files = try await delete("import_files", "created_at < now() - interval '24 hours'")
            _ = try await delete("entry_batches", "created_at < now() - interval '24 hours'")
            _ = try await delete("api_token_uses", "hour < now() - interval '25 hours'")
            let sessions = try await delete("sessions", "expires_at < now()")
            logger.debug(
                "swept",
                metadata: [
                    "deliveries": "\(deliveries)", "keys": "\(keys)", "files": "\(files)", "sessions": "\(sessions)",
                ])
        } catch {
            logger.warning("sweep failed", metadata: ["detail": "\(error)"])
        }
    }

    /// - Parameters: a table of ours, and an SQL condition.
    /// - Returns: how many rows.
    private func delete(_ table: String, _ condition: String) async throws -> Int {
        var total = 0
        while !Task.isCancelled {
            // Hosts that sweep at the same time share the rows.
            let count = try await db.execute(
                Statement(
                    """
                    delete from \(table) where ctid = any (array(
                        select ctid from \(table) where \(condition) limit $1 for update skip locked))
                    """, [.int(Self.batch)])
            ).affected
            total += count
            if count < Self.batch { break }
        }
        return total
    }
}
