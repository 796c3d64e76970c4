import HTTPTypes
import Postgres

/// Figures for the signed-in user's dashboard (behaviour.md §7.4, §7.5).
enum DashboardResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/stats/value-dashboard", summary: "Totals over the user's time entries",
            details: "For the web pages; needs a browser session.", access: .session, response: ValueDashboard.schema
        ) { call in
            let userID = call.principal.userID
            let zone = call.settings.timezone
            let today = try await call.db.query(LocalDay.statement(zone: zone)).first?.date(0) ?? 0
            return try await ValueDashboardCache(call.app).reply(userID: userID, today: today, settings: call.settings)
            {
                let statement = ValueDashboard.statement(userID: userID, zone: zone, now: WallClock.now())
                guard let row = try await call.db.query(statement).first else { throw APIError.signInRequired }
                return ValueDashboard(row, currency: call.settings.currency)
            }
        },
        Route(
            .get, path: "/api/reports/week-comparison", summary: "This week against the same days of last week",
            details: "For the web pages; needs a browser session.", access: .session, response: WeekComparison.schema
        ) { call in
            let statement = WeekComparison.statement(
                userID: call.principal.userID, zone: call.settings.timezone, now: WallClock.now())
            let comparison = WeekComparison(try await call.db.query(statement))
            return .json { json in comparison.write(to: &json) }
        },
    ]
}

/// Hours of one day.
struct DayHours: Sendable {
    /// Days since 2000-01-01.
    let day: Int32
    /// Hundredths.
    let hours: Int64

    init(day: Int32, seconds: Int64) {
        self.day = day
        hours = Money.hours(seconds: seconds)
    }
}
