import Postgres

/// What the database tells of itself and of the work that waits in it.
struct SystemState: Sendable {
    let version: String
    /// A standby takes no changes.
    let isInRecovery: Bool
    let databaseBytes: Int64
    /// To this database, all processes together.
    let connections: Int64
    let maxConnections: Int64
    /// Jobs processes that are connected, of all hosts.
    let jobs: Int64
    /// Deliveries that are not settled.
    let pendingDeliveries: Int64
    /// Seconds for which the oldest due one has waited.
    let deliveryLag: Double
    /// Given up in the last 24 hours.
    let failedDeliveries: Int64
    /// Changes of entries that are not in the totals yet; readers add them up.
    let pendingTotals: Int64

    static func load(_ db: PostgresClient) async throws -> SystemState {
        let statement = Statement(
            """
            select current_setting('server_version'), pg_is_in_recovery(), pg_database_size(current_database()),
                   (select count(*) from pg_stat_activity where datname = current_database()),
                   current_setting('max_connections')::bigint,
                   (select count(distinct (client_addr, application_name)) from pg_stat_activity
                    where datname = current_database() and application_name = 'timetracker-jobs'),
                   (select count(*) from webhook_deliveries where status in ('pending', 'retrying')),
                   (select coalesce(extract(epoch from now() - min(coalesce(next_retry_at, created_at))), 0)::float8
                    from webhook_deliveries where status = 'pending' or status = 'retrying' and next_retry_at <= now()),
                   (select count(*) from webhook_deliveries
                    where status = 'failed' and created_at > now() - interval '24 hours'),
                   (select count(*) from entry_deltas)
            """)
        guard let row = try await db.query(statement).first else { throw APIError.internalError }
        return SystemState(
            version: row.string(0), isInRecovery: row.bool(1), databaseBytes: row.int(2), connections: row.int(3),
            maxConnections: row.int(4), jobs: row.int(5), pendingDeliveries: row.int(6),
            deliveryLag: max(0, row.double(7)), failedDeliveries: row.int(8), pendingTotals: row.int(9))
    }
}
