import Postgres

/// Whether something between us and PostgreSQL, such as PgBouncer, takes away what sessions are needed for: statements that
/// are prepared once, settings, notifications, locks that mark a live process.
enum PoolerDiagnosis {
    private static let byTransaction =
        "are shared between clients by transaction (PgBouncer, pool_mode = transaction or statement): prepared statements, "
        + "session settings, LISTEN and advisory locks need sessions; set pool_mode = session for this database, or "
        + "connect to PostgreSQL itself: the workers keep their connections open, so there is little to pool"

    /// Asks over two connections that are open at the same time; both use one server process only if it is shared.
    static func problem(_ db: PostgresClient, statementTimeout: Duration) async throws(PostgresError) -> String? {
        let question = Statement(
            "select pg_backend_pid(), extract(epoch from current_setting('statement_timeout')::interval)::float8, current_setting('TimeZone')"
        )
        for _ in 0..<4 {
            guard let shared = try await db.query(question, retryable: false).first,
                let leased = try await db.execute(question).first
            else { return nil }
            if shared.int(0) == leased.int(0) { return byTransaction }
            let wanted = Double(statementTimeout.components.seconds)
            if abs(leased.double(1) - wanted) >= 1 || leased.string(2) != "UTC" { return settings }
        }
        return nil
    }

    /// What an error of a first statement says about a pooler; nil when nothing.
    static func problem(_ error: PostgresError) -> String? {
        if error.message.contains("unsupported startup parameter") {
            return
                "go through PgBouncer, which refuses their settings (options); connect to PostgreSQL itself, or see 'PgBouncer' in Documentation/operations.md"
        }
        // A prepared statement that exists already, or doesn't: of somebody else's.
        return ["42P05", "26000"].contains(error.sqlState) ? byTransaction : nil
    }

    private static let settings =
        "don't have the settings that were asked for (ignore_startup_parameters of PgBouncer?); give them to the role, see "
        + "'PgBouncer' in Documentation/operations.md"
}
