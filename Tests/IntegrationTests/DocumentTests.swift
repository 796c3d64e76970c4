import Foundation
import Testing

/// The OpenAPI document and Swagger UI (behaviour.md §11.7).
@Suite struct DocumentTests {
    @Test func documentNamesEveryRoute() async throws {
        try await TestServer.with(workers: 1) { server in
            let reply = try await server.request("GET", "/api/openapi.json", token: "")
            #expect(reply.status == 200)
            #expect(reply.json["openapi"].string == "3.1.0")
            #expect(reply.json["info"]["title"].string == "TimeTracker REST API")
            #expect(reply.json["servers"][0]["url"].string == "/api/v1")
            #expect(reply.json["components"]["securitySchemes"].keys == ["BearerAuth", "ApiKeyAuth", "SessionCookie"])
            let paths = reply.json["paths"]
            for (path, methods) in Self.index {
                #expect(Set(paths[path].keys).isSuperset(of: methods), "\(path)")
            }
            var identifiers: Set<String> = []
            for path in paths.keys {
                for method in paths[path].keys where method != "servers" {
                    let operation = paths[path][method]
                    #expect(identifiers.insert(operation["operationId"].string ?? "").inserted, "\(path) \(method)")
                    #expect(operation["summary"].string?.isEmpty == false)
                    #expect(operation["responses"].keys.count > 0)
                }
            }
            let create = paths["/time-entries"]["post"]
            #expect(create["requestBody"]["content"]["application/json"]["example"]["start_time"].string != nil)
            #expect(create["responses"].keys.isSuperset(of: ["201", "400", "401", "403", "409", "413", "415", "429"]))
            #expect(create["security"][0]["BearerAuth"][0].string == "write:time_entries")
            #expect(try Tool.timetracker(["openapi"], server.environment).utf8.count == reply.body.count)
        }
    }

    @Test func pageIsServedLocally() async throws {
        let assets = ProcessInfo.processInfo.environment["TEST_ASSETS_DIR"] ?? ""
        try #require(!assets.isEmpty)
        try await TestServer.with(workers: 1, ["ASSETS_DIR": assets]) { server in
            let page = try await server.request("GET", "/api/docs/", token: "")
            #expect(page.status == 200)
            #expect(page.header("content-type")?.hasPrefix("text/html") == true)
            let html = String(decoding: page.body, as: UTF8.self)
            #expect(!html.contains("http://") && !html.contains("https://"))
            for file in ["swagger-ui.css", "swagger-ui-bundle.js", "init.js"] {
                #expect(html.contains("/api/docs/\(file)"))
                let reply = try await server.request("GET", "/api/docs/\(file)", token: "")
                #expect(reply.status == 200)
                #expect(reply.header("cache-control")?.contains("max-age") == true)
            }
        }
    }

    /// The API reference's routes, below the server's path.
    private static let index: [(String, Set<String>)] = [
        ("/info", ["get"]), ("/health", ["get"]), ("/auth/login", ["post"]), ("/search", ["get"]),
        ("/projects", ["get", "post"]), ("/projects/{id}", ["get", "put", "patch", "delete"]),
        ("/clients", ["get", "post"]), ("/clients/{id}", ["get", "put", "patch", "delete"]),
        ("/tasks", ["get", "post"]), ("/tasks/{id}", ["get", "put", "patch", "delete"]),
        ("/time-entries", ["get", "post"]), ("/time-entries/{id}", ["get", "put", "patch", "delete"]),
        ("/time-entries/bulk", ["post"]), ("/time-entries/import-csv", ["post"]), ("/timer/status", ["get"]),
        ("/timer/start", ["post"]), ("/timer/stop", ["post"]), ("/timer/pause", ["post"]), ("/timer/resume", ["post"]),
        ("/timer/heartbeat", ["post"]), ("/kanban/columns", ["get"]),
        ("/quotes", ["get", "post"]), ("/quotes/{id}", ["get", "put", "patch", "delete"]),
        ("/reports/summary", ["get"]), ("/users/me", ["get"]), ("/users", ["get"]), ("/api/health", ["get"]),
        ("/webhooks", ["get", "post"]),
        ("/webhooks/{id}", ["get", "put", "patch", "delete"]), ("/webhooks/events", ["get"]),
        ("/webhooks/{id}/deliveries", ["get"]), ("/webhooks/{id}/test", ["post"]),
        ("/inventory/items", ["get", "post"]), ("/inventory/items/{id}", ["get", "put", "patch", "delete"]),
        ("/inventory/items/{id}/availability", ["get"]), ("/inventory/warehouses", ["get", "post"]),
        ("/inventory/warehouses/{id}", ["get", "put", "patch", "delete"]), ("/inventory/stock-levels", ["get"]),
        ("/inventory/movements", ["post"]), ("/inventory/transfers", ["get", "post"]),
        ("/inventory/transfers/{reference_id}", ["get"]), ("/inventory/reports/valuation", ["get"]),
        ("/inventory/reports/movement-history", ["get"]), ("/inventory/reports/turnover", ["get"]),
        ("/inventory/reports/low-stock", ["get"]), ("/api/search", ["get"]),
        ("/api/stats/value-dashboard", ["get"]), ("/api/reports/week-comparison", ["get"]),
        ("/api/version/check", ["get"]), ("/api/version/dismiss", ["post"]),
    ]
}
