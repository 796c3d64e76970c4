import Postgres

/// What the database tells of itself and of the work that waits in it.
struct SystemState: Sendable {
    var version = ""
    /// A standby takes no changes.
    var isInRecovery = false
    var databaseBytes: Int64 = 0
    /// To this database, all processes together.
    var connections: Int64 = 0
    var maxConnections: Int64 = 0
    /// Jobs processes that are connected, of all hosts.
    var jobs: Int64 = 0
    /// Deliveries that are not settled.
    var pendingDeliveries: Int64 = 0
    /// Seconds for which the oldest due one has waited; a little below 0 for one of this moment.
    private var waited = 0.0
    /// Given up in the last 24 hours.
    var failedDeliveries: Int64 = 0
    /// Changes of entries that are not in the totals yet; readers add them up.
    var pendingTotals: Int64 = 0

    /// Seconds for which the oldest due one has waited.
    var deliveryLag: Double { max(0, waited) }

    static func load(_ db: PostgresClient) async throws -> SystemState {
        guard let row = try await db.query(Statement("select \(selected)")).first else { throw APIError.internalError }
        return try SystemState(row)
    }
}

extension SystemState: RowProjection {
    /// Expressions alone, over no table.
    static let table = "PostgreSQL"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ state: inout SystemState) {
        row.computed("current_setting('server_version')", &state.version)
        row.computed("pg_is_in_recovery()", &state.isInRecovery)
        row.computed("pg_database_size(current_database())", &state.databaseBytes)
        row.computed(
            "(select count(*) from pg_stat_activity where datname = current_database())", &state.connections)
        row.computed("current_setting('max_connections')::bigint", &state.maxConnections)
        row.computed(
            """
            (select count(distinct (client_addr, application_name)) from pg_stat_activity
             where datname = current_database() and application_name = 'timetracker-jobs')
            """, &state.jobs)
        row.computed(
            "(select count(*) from webhook_deliveries where status in ('pending', 'retrying'))",
            &state.pendingDeliveries)
        row.computed(
            """
            (select coalesce(extract(epoch from now() - min(coalesce(next_retry_at, created_at))), 0)::float8
             from webhook_deliveries where status = 'pending' or status = 'retrying' and next_retry_at <= now())
            """, &state.waited)
        row.computed(
            """
            (select count(*) from webhook_deliveries
             where status = 'failed' and created_at > now() - interval '24 hours')
            """, &state.failedDeliveries)
        row.computed("(select count(*) from entry_deltas)", &state.pendingTotals)
    }
}
