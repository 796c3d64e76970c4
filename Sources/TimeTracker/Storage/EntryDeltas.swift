import Logging
import Postgres

/// Adds to the sums over time entries what bookings have appended (migration 0015), so that readers have little to add
/// themselves. Any number of processes may do it.
struct EntryDeltas: Sendable {
    /// Rows for one statement.
    private static let batch: Int64 = 20_000
    /// Rows a second from which it is worth looking again soon.
    private static let many = 500
    /// Bytes from which the table, which is read as a whole, is made anew; autovacuum looks only once a minute.
    private static let large: Int64 = 1 << 20

    let db: PostgresClient
    let logger: Logger

    /// Works until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            var folded = 0
            do {
                folded = try await fold()
                if folded > 0 {
                    _ = try await db.execute(Statement("select compact_entry_deltas($1)", [.int(Self.large)]))
                }
            } catch {
                logger.debug("totals were not folded", metadata: ["detail": "\(error)"])
            }
            try? await Task.sleep(for: folded >= Self.many ? .milliseconds(100) : .seconds(1))
        }
    }

    /// - Returns: how many rows there were.
    func fold() async throws(PostgresError) -> Int {
        var total = 0
        while true {
            let row = try await db.execute(Statement("select fold_entry_deltas($1::int)", [.int(Self.batch)])).first
            let count = Int(row?.int(0) ?? 0)
            total += count
            if count < Self.batch { return total }
        }
    }
}
