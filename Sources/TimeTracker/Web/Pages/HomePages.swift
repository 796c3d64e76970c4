import HTTPTypes
/// `/` and `/dashboard`: where people land after sign-in.
enum HomePages {
    static let routes = ["/", "/dashboard"].map { path in
        Route(.get, path: path, summary: "Dashboard", access: .page(.user), response: .string()) { call in
            Page.render(
                "dashboard", title: "Dashboard", call.exchange, app: call.app,
                ["version": call.app.version, "timezone": call.settings.timezone])
        }
    }
}
