import Postgres

/// Figures of the acting user (behaviour.md §7.4).
enum DashboardOperations {
    /// - Returns: JSON text of a ``ValueDashboard``.
    static func value(_ context: Context, _ cache: ValueDashboardCache) async throws -> String {
        let userID = context.principal.userID
        let zone = context.settings.timezone
        let today = try await context.db.query(LocalDay.statement(zone: zone)).first?.date(0) ?? 0
        return try await cache.text(userID: userID, today: today, settings: context.settings) {
            let statement = ValueDashboard.statement(userID: userID, zone: zone, now: context.now)
            guard let row = try await context.db.query(statement).first else { throw APIError.signInRequired }
            return try ValueDashboard(row, currency: context.settings.currency)
        }
    }

    static func weeks(_ context: Context) async throws -> WeekComparison {
        let statement = WeekComparison.statement(
            userID: context.principal.userID, zone: context.settings.timezone, now: context.now)
        return try WeekComparison(try await context.db.query(statement))
    }
}
