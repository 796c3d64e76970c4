import HTTPTypes
import Postgres

/// What the server says of itself (behaviour.md §11.1, §11.2).
enum SystemResource: Resource {
    static let routes = [info, health, legacyHealth, liveness, readiness, metrics]

    private static let info = Route(
        .get, path: "/api/v1/info", summary: "API version and endpoints",
        details: "Works before the first-run setup and without a database.",
        access: .open, response: infoSchema
    ) { call in
        let settings = await call.app.settings.latest()
        let modules = call.app.db.isHealthy ? settings.enabledModules : []
        return .json { json in
            json.beginObject()
            json.key("api_version")
            json.value("v1")
            json.key("app_version")
            json.value(call.app.version)
            json.key("setup_required")
            json.value(!settings.setupCompleted)
            json.key("documentation_url")
            json.value("/api/docs")
            json.key("endpoints")
            json.beginObject()
            for (name, path) in endpoints {
                json.key(JSONKey(name: name))
                json.value(path)
            }
            writeInventory(&json)
            json.endObject()
            json.key("authentication")
            json.value("API Token (Bearer or X-API-Key header)")
            json.key("enabled_modules")
            json.beginArray()
            for module in modules { json.value(module.rawValue) }
            json.endArray()
            json.key("timezone")
            json.value(settings.timezone)
            json.endObject()
        }
    }

    /// Families that exist, each by an address that answers: those that clients have always got, in that order, and then
    /// every other that has a list.
    private static let endpoints: [(name: String, path: String)] = {
        let first: [(name: String, path: String)] = [
            ("projects", "/api/v1/projects"), ("time_entries", "/api/v1/time-entries"), ("tasks", "/api/v1/tasks"),
            ("clients", "/api/v1/clients"), ("timer", "/api/v1/timer/status"), ("users", "/api/v1/users"),
            ("search", "/api/v1/search"), ("reports", "/api/v1/reports/summary"), ("quotes", "/api/v1/quotes"),
            ("webhooks", "/api/v1/webhooks"), ("kanban", "/api/v1/kanban/columns"),
        ]
        let lists = Resources.routes.filter { route in
            route.methods == [.get] && route.query.contains { $0.name == QueryParameter.perPage.name }
                && route.path.split(separator: "/").count == 3 && !first.contains { $0.path == route.path }
        }
        return first
            + lists.map { (name: String($0.path.dropFirst("/api/v1/".count)).replacing("-", with: "_"), path: $0.path) }
    }()

    /// The one family whose paths are told one by one (behaviour.md §11.1).
    private static func writeInventory(_ json: inout JSONWriter) {
        let base = "/api/v1/inventory"
        json.key("inventory")
        json.beginObject()
        for key in ["items", "warehouses", "stock_levels", "movements", "transfers"] {
            json.key(JSONKey(name: key))
            json.value("\(base)/\(key.replacing("_", with: "-"))")
        }
        json.key("reports")
        json.beginObject()
        for key in ["valuation", "movement_history", "turnover", "low_stock"] {
            json.key(JSONKey(name: key))
            json.value("\(base)/reports/\(key.replacing("_", with: "-"))")
        }
        json.endObject()
        json.endObject()
    }

    private static let infoSchema = Schema.object(
        name: "Info",
        properties: [
            ("api_version", .string()), ("app_version", .string()),
            ("setup_required", .boolean(description: "The first-run setup is unfinished")),
            ("documentation_url", .string()), ("endpoints", .object(description: "Family to path")),
            ("authentication", .string()), ("enabled_modules", .array(of: .string())),
            ("timezone", .string(description: "IANA name of the zone in which days are counted")),
        ],
        required: [
            "api_version", "app_version", "setup_required", "documentation_url", "endpoints", "authentication",
            "enabled_modules", "timezone",
        ])
    private static let healthSchema = Schema.object(
        name: "Health", properties: [("status", .string()), ("timestamp", .string(format: "date-time"))],
        required: ["status", "timestamp"])

    private static let health = Route.open(
        path: "/api/v1/health", summary: "Whether the API answers", response: healthSchema
    ) { _ in statusAndTime("healthy") }

    private static let legacyHealth = Route.open(
        path: "/api/health", summary: "Whether the server answers", details: "Deprecated twin of /api/v1/health.",
        response: healthSchema
    ) { _ in
        var reply = statusAndTime("ok")
        reply.headers = [("x-api-deprecated", "true"), ("link", "</api/v1/health>; rel=\"successor-version\"")]
        return reply
    }

    private static let liveness = Route.open(
        path: "/_health", summary: "Liveness probe",
        response: .object(name: "Liveness", description: "Answers while the process lives")
    ) { _ in
        .json { json in
            json.beginObject()
            json.key("status")
            json.value("healthy")
            json.endObject()
        }
    }

    private static let readiness = Route(
        .get, path: "/_ready", summary: "Readiness probe", access: .open,
        response: .object(name: "Readiness", description: "Ready once PostgreSQL answers"),
        errors: [.serviceUnavailable]
    ) { call in
        do {
            _ = try await call.db.query(Statement("select 1"))
            return statusAndTime("ready", redis: call.app.isDegraded ? "unavailable" : nil)
        } catch {
            return .json(.serviceUnavailable) { json in
                json.beginObject()
                json.key("success")
                json.value(false)
                json.key("status")
                json.value("not_ready")
                json.key("error")
                json.value("db_unreachable")
                json.key("message")
                json.value("The database does not answer")
                json.key("error_code")
                json.value("db_unreachable")
                json.endObject()
            }
        }
    }

    private static let metrics = Route(
        .get, path: "/metrics", summary: "Metrics of this host in the Prometheus text format",
        details: """
            Needs a token of an administrator with the scope admin:all, or an address in one of the networks of METRICS_ALLOW. \
            OpenMetrics where the Accept field asks for it.
            """,
        access: .open, response: .string(description: "Prometheus text format 0.0.4"),
        errors: [.unauthorized, .forbidden, .notFound]
    ) { call in
        guard let metrics = call.app.hostMetrics else { throw APIError.pathNotFound(call.exchange.path) }
        return try await metrics.reply(to: call)
    }

    private static func statusAndTime(_ status: String, redis: String? = nil) -> Reply {
        .json(capacity: 96) { json in
            json.beginObject()
            json.key("status")
            json.value(status)
            json.key("timestamp")
            json.instant(WallClock.now())
            if let redis {
                json.key("redis")
                json.value(redis)
            }
            json.endObject()
        }
    }
}
