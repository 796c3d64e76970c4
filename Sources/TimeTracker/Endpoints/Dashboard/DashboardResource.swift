import HTTPTypes

/// Figures for the signed-in user's dashboard (behaviour.md §7.4, §7.5).
enum DashboardResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/stats/value-dashboard", summary: "Totals over the user's time entries",
            details: "For the web pages; needs a browser session.", access: .session, response: ValueDashboard.schema
        ) { call in
            let cache = ValueDashboardCache(
                redis: call.app.redis, keyPrefix: call.app.redisKeyPrefix, figures: call.app.figures)
            let text = try await DashboardOperations.value(call.context, cache)
            return .json { json in json.raw(text) }
        },
        Route(
            .get, path: "/api/reports/week-comparison", summary: "This week against the same days of last week",
            details: "For the web pages; needs a browser session.", access: .session, response: WeekComparison.schema
        ) { call in
            let comparison = try await DashboardOperations.weeks(call.context)
            return .json { json in comparison.write(to: &json) }
        },
    ]
}
