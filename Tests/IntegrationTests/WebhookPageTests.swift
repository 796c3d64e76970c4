import Foundation
import Testing

/// `/admin/webhooks` (behaviour.md §12.18), as a browser without scripts meets it.
@Suite struct WebhookPageTests {
    private static let home = "/admin/webhooks"

    private static func secret(_ page: HTTPReply) -> String? {
        page.text.firstMatch(of: /id="secret" class="secret">([^<]+)</).map { String($0.1) }
    }

    @Test func lifeOfAWebhook() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get(Self.home).text.contains("No webhooks yet"))
            let form = try await browser.get(Self.home + "/new").text
            #expect(
                form.contains(#"value="task.completed""#) && form.contains(#"name="max_retries" type="text" value="3""#)
            )

            let bad = try await browser.post(
                Self.home + "/new",
                [
                    ("name", ""), ("url", "ftp://example.com"), ("max_retries", "11"), ("timeout_seconds", "soon"),
                    ("headers", "X-A: b"),
                ])
            #expect(bad.status == 422)
            for field in ["name", "url", "events", "max_retries", "timeout_seconds"] {
                #expect(bad.text.contains("href=\"#f-\(field)\"") && bad.text.contains("id=\"e-\(field)\""), "\(field)")
            }
            #expect(bad.text.contains("ftp://example.com") && bad.text.contains("X-A: b"))
            let good = [
                ("name", "Chat"), ("url", "https://example.com/h"), ("events", "task.completed"),
                ("events", "project.created"), ("http_method", "PUT"), ("content_type", "application/json"),
                ("max_retries", "2"), ("retry_delay_seconds", "5"), ("timeout_seconds", "7"), ("is_active", "on"),
            ]
            for headers in ["X-A b", "X-A: b\r\nX-A: c", "Host: x", "X-A: b\u{1}"] {
                let refused = try await browser.post(Self.home + "/new", good + [("headers", headers)])
                #expect(refused.status == 422 && refused.text.contains("id=\"e-headers\""), "\(headers)")
            }
            #expect(try server.sql("select count(*) from webhooks") == "0")

            let fields = good + [("headers", "X-A: b\r\n\r\nX-C: d: e"), ("request_key", "twice")]
            let made = try await browser.post(Self.home + "/new", fields)
            #expect(made.status == 201 && made.header("cache-control") == "no-store")
            let secret = try #require(Self.secret(made))
            #expect(try server.sql("select secret from webhooks") == secret)
            let again = try await browser.post(Self.home + "/new", fields)
            #expect(again.status == 201 && Self.secret(again) == nil && again.text.contains("first answer"))
            #expect(
                try server.sql(
                    "select name, http_method, max_retries, retry_delay_seconds, timeout_seconds, events, headers from webhooks"
                )
                    == #"Chat|PUT|2|5|7|["task.completed", "project.created"]|{"X-A": "b", "X-C": "d: e"}"#)
            let id = try server.sql("select id from webhooks")
            let page = try await browser.get("\(Self.home)/\(id)")
            #expect(
                page.status == 200 && !page.text.contains(secret) && page.text.contains("PUT https://example.com/h"))
            #expect(try await browser.get(Self.home).text.contains("2 events"))

            let edit = try await browser.get("\(Self.home)/\(id)/edit").text
            #expect(edit.contains("X-C: d: e") && edit.contains(#"value="task.completed" checked"#))
            #expect(!edit.contains(secret))
            let saved = try await browser.post(
                "\(Self.home)/\(id)/edit", good.filter { $0.0 != "is_active" } + [("name", "Other")])
            #expect(saved.status == 303 && saved.header("location") == "\(Self.home)/\(id)")
            #expect(try server.sql("select is_active, headers, secret from webhooks") == "f|{}|\(secret)")
            #expect(try await browser.get(Self.home + "?is_active=true").text.contains("No webhook matches"))
            #expect(try await browser.get(Self.home + "?is_active=perhaps").status == 422)

            _ = try await browser.get("\(Self.home)/\(id)/edit")
            let renewal = good + [("generate_secret", "on"), ("request_key", "renewed")]
            let renewed = try await browser.post("\(Self.home)/\(id)/edit", renewal)
            let fresh = try #require(Self.secret(renewed))
            #expect(fresh != secret)
            let repeated = try await browser.post("\(Self.home)/\(id)/edit", renewal)
            #expect(Self.secret(repeated) == nil && !repeated.text.contains(fresh))
            #expect(try server.sql("select secret from webhooks") == fresh)
            // What is kept for a form that is sent twice holds no secret.
            for value in [secret, fresh] {
                let kept =
                    "select count(*), count(*) filter (where response_body like '%\(value)%') from form_idempotency_keys"
                #expect(try server.sql(kept) == "2|0")
            }

            #expect(try await browser.post("\(Self.home)/\(id)/delete", [], csrf: "forged").status == 422)
            #expect(try server.sql("select count(*) from webhooks") == "1")
            _ = try await browser.get("\(Self.home)/\(id)")
            #expect(try await browser.post("\(Self.home)/\(id)/delete", []).header("location") == Self.home)
            #expect(try server.sql("select count(*) from webhooks") == "0")
            #expect(try await browser.get("\(Self.home)/\(id)").status == 404)
        }
    }

    @Test func deliveriesShowWhatWasSentAndWhatCameBack() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { request in
                request.path == "/bad"
                    ? .status(410, headers: ["X-Why": "<gone>"], body: "no <b>thanks</b>") : .status(200, body: "fine")
            }
            let hook = try await server.makeWebhook("http://127.0.0.1:\(receiver.port)/good", #","max_retries":0"#)
            let browser = Browser(server)
            try await browser.signIn()
            let path = "\(Self.home)/\(hook.id)"
            _ = try await browser.get(path)
            #expect(try await browser.post(path + "/test", []).header("location") == path)
            let tested = try await browser.get(path).text
            #expect(tested.contains("The test has been delivered.") && tested.contains("webhook.test"))
            let first = try server.sql("select max(id) from webhook_deliveries")
            let page = try await browser.get("\(path)/deliveries/\(first)").text
            #expect(page.contains("POST http://127.0.0.1:\(receiver.port)/good") && page.contains("fine"))
            #expect(page.contains("&quot;event&quot;") || page.contains("webhook.test"))

            _ = try await server.put(
                "/api/v1/webhooks/\(hook.id)", #"{"url":"http://127.0.0.1:\#(receiver.port)/bad"}"#)
            _ = try await browser.post(path + "/test", [])
            #expect(try await browser.get(path).text.contains("could not be delivered"))
            let failed = try server.sql("select max(id) from webhook_deliveries")
            let bad = try await browser.get("\(path)/deliveries/\(failed)").text
            #expect(bad.contains("410") && bad.contains("no &lt;b&gt;thanks&lt;/b&gt;") && bad.contains("&lt;gone&gt;"))
            #expect(try await browser.get(path + "?status=success").text.contains("deliveries/\(first)"))
            #expect(!(try await browser.get(path + "?status=success").text.contains("deliveries/\(failed)")))

            _ = try await server.put(
                "/api/v1/webhooks/\(hook.id)", #"{"url":"http://127.0.0.1:\#(receiver.port)/good"}"#)
            let sent = try await browser.post("\(path)/deliveries/\(failed)/redeliver", [])
            #expect(sent.header("location") == path)
            await wait(for: 20) {
                (try? server.sql("select status from webhook_deliveries where id = \(failed)")) == "success"
            }
            #expect(try server.sql("select status from webhook_deliveries where id = \(failed)") == "success")
            _ = try await server.put("/api/v1/webhooks/\(hook.id)", #"{"is_active":false}"#)
            _ = try await browser.post("\(path)/deliveries/\(failed)/redeliver", [])
            #expect(try await browser.get(path).text.contains("can&#39;t be sent again"))
            #expect(try await browser.get("\(path)/deliveries/999999").status == 404)
        }
    }

    @Test func administratorsOnly() async throws {
        try await TestServer.with(workers: 1) { server in
            #expect(try await Browser(server).get(Self.home).header("location") == "/login?next=/admin/webhooks")
            _ = try server.makeUser("ann")
            let hook = try await server.makeWebhook("https://example.com/h")
            let browser = Browser(server)
            try await browser.signIn("ann", TestServer.password)
            #expect(!(try await browser.get("/dashboard").text.contains(Self.home)))
            let path = "\(Self.home)/\(hook.id)"
            for page in [Self.home, Self.home + "/new", path, path + "/edit", path + "/deliveries/1"] {
                #expect(try await browser.get(page).status == 403, "\(page)")
            }
            for action in ["/new", "/\(hook.id)/edit", "/\(hook.id)/test", "/\(hook.id)/delete"] {
                #expect(try await browser.post(Self.home + action, [("name", "x")]).status == 403, "\(action)")
            }
            #expect(try server.sql("select name from webhooks") == "w")
        }
    }
}
