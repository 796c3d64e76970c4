import Foundation
import Testing

/// What people write is shown as what they have written: in every text field of every resource, on every page that a person
/// can get to, on paper, and in every file.
@Suite struct HostileTextTests {
    /// A formula, a script, a way out of an attribute, and a template's tag.
    private static let text = #"=<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}"#
    /// The same for fields that hold little.
    private static let short = #"=<i>{{7*7}}""#

    private static func json(_ fields: [String: String], _ more: String = "") throws -> String {
        let text = String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        return more.isEmpty ? text : text.dropLast() + "," + more + "}"
    }

    private static func hostile(_ long: [String], short: [String] = []) -> [String: String] {
        var fields = Dictionary(uniqueKeysWithValues: long.map { ($0, text) })
        for name in short { fields[name] = Self.short }
        return fields
    }

    /// Makes one object of each kind with such texts in every field.
    private func fill(_ server: TestServer) async throws {
        func make(_ path: String, _ body: String, _ key: String) async throws -> Int {
            let reply = try await server.post("/api/v1/\(path)", body)
            #expect(reply.status == 201, "\(path): \(reply.text)")
            return try #require(reply.json[key]["id"].int, "\(path)")
        }
        let client = try await make(
            "clients",
            try Self.json(
                Self.hostile(["name", "description", "contact_person", "company", "address"], short: ["phone"]),
                #""default_hourly_rate":50"#),
            "client")
        let project = try await make(
            "projects",
            try Self.json(
                Self.hostile(["name", "description", "billing_ref"], short: ["code"]),
                #""client_id":\#(client),"budget_amount":1000"#), "project")
        let task = try await make(
            "tasks", try Self.json(Self.hostile(["name", "description", "tags"]), #""project_id":\#(project)"#), "task")
        for day in ["2026-03-02", "2026-03-03"] {
            _ = try await make(
                "time-entries",
                try Self.json(
                    Self.hostile(["notes", "tags"]),
                    #""project_id":\#(project),"task_id":\#(task),"start_time":"\#(day)T09:00:00Z","end_time":"\#(day)T10:00:00Z""#
                ),
                "time_entry")
        }
        let item = try await make(
            "inventory/items",
            try Self.json(
                Self.hostile(
                    [
                        "sku", "name", "description", "category", "barcode", "supplier", "supplier_sku", "image_url",
                        "notes",
                    ],
                    short: ["unit"]), #""reorder_point":100,"default_cost":1"#), "item")
        var houses: [Int] = []
        for number in 0..<2 {
            let fields = Self.hostile(
                ["name", "address", "contact_person", "contact_email", "notes"], short: ["contact_phone"])
            houses.append(
                try await make(
                    "inventory/warehouses", try Self.json(fields.merging(["code": "\(number)\(Self.short)"]) { $1 }),
                    "warehouse"))
        }
        for (quantity, kind) in [("20", "purchase"), ("-5", "sale")] {
            _ = try await make(
                "inventory/movements",
                try Self.json(
                    Self.hostile(["reason", "notes"], short: ["reference_type"]),
                    #""stock_item_id":\#(item),"warehouse_id":\#(houses[0]),"quantity":\#(quantity),"movement_type":"\#(kind)""#
                ),
                "movement")
        }
        let moved = try await server.post(
            "/api/v1/inventory/transfers",
            try Self.json(
                Self.hostile(["notes"]),
                #""stock_item_id":\#(item),"from_warehouse_id":\#(houses[0]),"to_warehouse_id":\#(houses[1]),"quantity":3"#
            ))
        #expect(moved.status == 201)
        let lines = try ["item", "expense", "good"].map { kind in
            try Self.json(
                Self.hostile(["description", "display_name", "sku"], short: ["unit", "category"])
                    .merging(["line_kind": kind]) { $1 }, #""unit_price":5"#)
        }
        _ = try await make(
            "quotes",
            try Self.json(
                Self.hostile(
                    ["title", "description", "notes", "terms", "payment_terms", "discount_reason"],
                    short: ["coupon_code"]),
                #""client_id":\#(client),"discount_type":"fixed","discount_amount":1,"items":[\#(lines.joined(separator: ","))]"#
            ),
            "quote")
        _ = try await make(
            "webhooks",
            try Self.json(
                Self.hostile(["name", "description"]), #""url":"https://example.org/hook","events":["*"]"#), "webhook")
        try server.sql(
            """
            insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash, status, attempt_number,
                response_status_code, response_body, response_headers, error_message)
            select id, 'task.created', '1', '\(Self.text)', '', 'failed', 1, 500, '\(Self.text)',
                jsonb_build_object('X-A', '\(Self.text)'), '\(Self.text)' from webhooks
            """)
        for field in ["company_name", "company_address", "company_email", "company_phone", "company_website"] {
            try server.cli("settings", "set", field, field == "company_phone" ? Self.short : Self.text)
        }
    }

    /// Local addresses that a page leads to: pages and files, each with its query.
    private static func links(_ page: String) -> [String] {
        page.matches(of: /href="(\/[^"#]*)/).map { String($0.1).replacing("&amp;", with: "&") }.filter {
            link in
            !["/static/", "/logout", "/api/docs", "/favicon", "/manifest"].contains { link.hasPrefix($0) }
                && !link.contains("page=")
        }
    }

    /// The page of the first object of its kind, or one of its own.
    private static func isFirst(_ path: String) -> Bool {
        path.wholeMatch(of: /\/(quotes|admin\/webhooks|inventory\/(items|transfers|warehouses))\/1(\/[a-z]+)?/) != nil
    }

    @Test(.timeLimit(.minutes(3))) func isTextOnEveryPageAndInEveryFile() async throws {
        try await TestServer.with(workers: 1) { server in
            try await fill(server)
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.post("/timer/start", [("place", "1:1"), ("notes", Self.text), ("back", "/entries")])
            let saved = try await browser.post(
                "/reports/saved", [("name", Self.text), ("group", "client"), ("span", "days"), ("is_shared", "on")])
            #expect(saved.status == 303)
            let boundary = "hostile"
            let file =
                "project_name,start_time,end_time,notes,\(Self.short.dropLast())\n\(Self.text.replacing(",", with: ""))"
            let upload = try await browser.request(
                "POST", "/import-export", type: "multipart/form-data; boundary=\(boundary)",
                body:
                    "--\(boundary)\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n\(browser.csrfToken)\r\n"
                    + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n\(file)\r\n"
                    + "--\(boundary)--\r\n")
            let checked = try #require(upload.header("location"))

            let encoded = Self.text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            var open = [
                "/dashboard", checked, "/admin/activity?entity_type=\(encoded)",
                "/entries?start_date=2026-03-01&end_date=2026-03-31",
                "/timesheet?week=2026-03-02", "/timesheet/day?date=2026-03-02", "/search?q=script",
                "/search?q=\(encoded)",
                "/tasks/board", "/tasks/board?moved=1&from=done", "/reports", "/reports/saved",
                "/entries?tag=\(encoded)", "/tasks?search=\(encoded)", "/inventory/items?search=\(encoded)",
                "/inventory/movements?movement_type=\(encoded)", "/projects?status=\(encoded)",
                "/quotes?status=\(encoded)",
            ]
            for group in ["project", "client", "task", "tag"] {
                open.append("/reports?start_date=2026-03-01&end_date=2026-03-31&group=\(group)")
            }
            var seen: Set<String> = []
            var shown = 0
            var shapes: [String: Int] = [:]
            while let path = open.popLast() {
                // A calendar has no end, and pages of one kind are alike.
                let shape = path.replacing(/[0-9]+/, with: "n").replacing(/=[^&]*/, with: "")
                guard seen.insert(path).inserted, shapes[shape, default: 0] < 3 || Self.isFirst(path) else { continue }
                shapes[shape, default: 0] += 1
                let page = try await browser.get(path)
                #expect(page.status < 500, "\(path)")
                let type = page.header("content-type") ?? ""
                if type.hasPrefix("text/html") {
                    #expect(!page.text.contains("<script>alert"), "\(path)")
                    #expect(!page.text.contains("<img src=x") && !page.text.contains("<i>{{"), "\(path)")
                    // An attribute that ends early would leave the rest of the text as markup.
                    #expect(page.text.firstMatch(of: /"[^"<>=]*="><img/) == nil, "\(path)")
                    if page.text.contains("{{7*7}}") { shown += 1 }
                    open += Self.links(page.text)
                } else if type.hasPrefix("text/csv") {
                    #expect(page.text.firstMatch(of: /(?:^|,|\n)"?=/) == nil, "\(path)")
                }
                #expect(!page.text.contains(">49<"), "\(path)")
            }
            #expect(seen.count > 60 && shown > 40, "\(seen.count) addresses, \(shown) with such a text")
            for kind in [
                "/quotes/1/print", "/quotes/1/edit", "/inventory/transfers/1", "/inventory/items/1/edit",
                "/admin/webhooks/1/edit", "/admin/webhooks/1/deliveries/1",
            ] {
                #expect(seen.contains(kind), "\(kind)")
            }
            #expect(seen.contains { $0.hasPrefix("/inventory/movements/export") })
            // Forms that are refused say the same again.
            for form in [
                "/projects/new", "/clients/new", "/tasks/new", "/inventory/items/new", "/inventory/warehouses/new",
                "/admin/webhooks/new", "/admin/settings",
            ] {
                let fields = [
                    "name", "code", "color", "sku", "email", "default_hourly_rate", "default_cost", "estimated_hours",
                    "url", "headers", "events",
                ]
                let refused = try await browser.post(form, fields.map { ($0, Self.text) })
                #expect(refused.status == 422 && !refused.text.contains("<img src=x"), "\(form)")
            }
        }
    }
}
