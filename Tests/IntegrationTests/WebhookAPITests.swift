import Foundation
import Testing

/// `/api/v1/webhooks` (behaviour.md §10.1).
@Suite(.serialized) struct WebhookAPITests {
    private static let path = "/api/v1/webhooks"

    @Test func lifeOfAWebhook() async throws {
        try await TestServer.with { server in
            let created = try await server.post(
                Self.path,
                #"{"name":"Hook","url":"https://example.com/h","events":["task.completed","task.completed","time_entry.created"]}"#
            )
            #expect(created.status == 201 && created.json["message"].string == "Webhook created successfully")
            let hook = created.json["webhook"]
            let id = try #require(hook["id"].int)
            #expect(hook["secret"].string?.count == 43 && hook["headers"] == .object([:]))
            #expect(hook["events"] == .array([.string("task.completed"), .string("time_entry.created")]))
            #expect(hook["http_method"].string == "POST" && hook["content_type"].string == "application/json")
            #expect(hook["max_retries"].int == 3 && hook["retry_delay_seconds"].int == 60)
            #expect(hook["timeout_seconds"].int == 30 && hook["is_active"].bool == true)
            #expect(hook["total_deliveries"].int == 0 && hook["last_delivery_at"].isNull)

            let shown = try await server.get("\(Self.path)/\(id)")
            #expect(shown.json["webhook"].keys == hook.keys.subtracting(["secret"]))
            let listed = try await server.get("\(Self.path)?is_active=true")
            #expect(listed.json["webhooks"].array.map { $0["id"].int } == [id])
            #expect(listed.json["webhooks"][0]["secret"].isNull && listed.json["pagination"]["total"].int == 1)
            #expect(try await server.get("\(Self.path)?is_active=false").json["webhooks"].array.isEmpty)

            let updated = try await server.put(
                "\(Self.path)/\(id)", #"{"name":"New","is_active":false,"headers":{"X-A":"b"}}"#)
            #expect(updated.status == 200 && updated.json["webhook"]["name"].string == "New")
            #expect(updated.json["webhook"]["headers"]["X-A"].string == "b" && updated.json["webhook"]["secret"].isNull)
            let renewed = try await server.put("\(Self.path)/\(id)", #"{"generate_secret":true}"#)
            let secret = try #require(renewed.json["webhook"]["secret"].string)
            #expect(secret != hook["secret"].string)
            #expect(try server.sql("select secret from webhooks") == secret)
            let given = try await server.put("\(Self.path)/\(id)", #"{"secret":"0123456789abcdef"}"#)
            #expect(given.json["webhook"]["secret"].string == "0123456789abcdef")

            try server.enqueue(id, "a", count: 3)
            #expect(try await server.delete("\(Self.path)/\(id)").status == 200)
            #expect(try await server.get("\(Self.path)/\(id)").status == 404)
            #expect(try server.sql("select count(*) from webhook_deliveries") == "0")
        }
    }

    @Test func badBodiesAreRefused() async throws {
        try await TestServer.with { server in
            let good = #""name":"w","url":"https://example.com","events":["*"]"#
            let cases: [(String, String)] = [
                (#"{"url":"https://example.com","events":["*"]}"#, "name"), (#"{"name":"w","events":["*"]}"#, "url"),
                (#"{"name":"w","url":"https://example.com"}"#, "events"),
                (#"{"name":"w","url":"ftp://example.com","events":["*"]}"#, "url"),
                (#"{"name":"w","url":"https://u:p@example.com","events":["*"]}"#, "url"),
                (#"{"name":"w","url":"https://example.com","events":[]}"#, "events"),
                (#"{"name":"w","url":"https://example.com","events":["nope"]}"#, "events"),
                ("{\(good),\"http_method\":\"GET\"}", "http_method"), ("{\(good),\"max_retries\":11}", "max_retries"),
                ("{\(good),\"retry_delay_seconds\":0}", "retry_delay_seconds"),
                ("{\(good),\"timeout_seconds\":61}", "timeout_seconds"), ("{\(good),\"secret\":\"short\"}", "secret"),
                ("{\(good),\"headers\":{\"Host\":\"x\"}}", "headers"),
                ("{\(good),\"headers\":{\"x-webhook-id\":\"x\"}}", "headers"),
                ("{\(good),\"headers\":{\"X-A\":\"a\\r\\nB: c\"}}", "headers"),
                ("{\(good),\"headers\":{\"X-A\":1}}", "headers"), ("{\(good),\"content_type\":\"\"}", "content_type"),
            ]
            for (body, field) in cases {
                let reply = try await server.post(Self.path, body)
                #expect(reply.status == 400 && !reply.json["errors"][field].isNull, "\(body): \(reply.text)")
            }
            #expect(
                try await server.get("\(Self.path)/events").json["events"].array.contains(.string("task.completed")))
        }
    }

    @Test func othersWebhooksAreForbidden() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let token = try server.makeUser("ann")
            let body = #"{"name":"w","url":"https://example.com","events":["*"],"generate_secret":false}"#
            let admins = try #require(try await server.post(Self.path, body).json["webhook"]["id"].int)
            let own = try await server.post(Self.path, body, token: token).json["webhook"]
            let ownID = try #require(own["id"].int)
            #expect(own["secret"].isNull)
            for path in ["", "/deliveries", "/deliveries/1"] {
                #expect(try await server.get("\(Self.path)/\(admins)\(path)", token: token).status == 403)
            }
            #expect(try await server.delete("\(Self.path)/\(admins)", token: token).status == 403)
            #expect(try await server.post("\(Self.path)/\(admins)/test", "{}", token: token).status == 403)
            #expect(
                try await server.get(Self.path, token: token).json["webhooks"].array.map { $0["id"].int } == [ownID])
            #expect(try await server.get(Self.path).json["pagination"]["total"].int == 2)
            let reader = try server.cli("token", "create", "--user", "ann", "--name", "r", "--scopes", "read:webhooks")
            #expect(try await server.post(Self.path, body, token: reader).status == 403)
        }
    }

    @Test func deliveriesAreListedAndSentAgain() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in .status(500) }
            let hook = try await server.makeWebhook(receiver.url, #","max_retries":0"#).id
            try server.enqueue(hook, "a", count: 3)
            #expect(try await wait(for: 10) { try server.sql("select failed_deliveries from webhooks") == "3" })
            let base = "\(Self.path)/\(hook)/deliveries"
            let listed = try await server.get("\(base)?status=failed&per_page=2")
            #expect(listed.json["deliveries"].array.map { $0["event_id"].string } == ["a-3", "a-2"])
            #expect(listed.json["pagination"]["total"].int == 3)
            let id = try #require(listed.json["deliveries"][0]["id"].int)
            let single = try await server.get("\(base)/\(id)").json["delivery"]
            #expect(single["payload"]["n"].int == 3 && single["error_type"].string == "http_error")
            #expect(single["attempt_number"].int == 1 && single["response_status_code"].int == 500)
            #expect(try await server.get("\(base)/999999").status == 404)
            let again = try await server.post("\(base)/\(id)/redeliver", "{}")
            #expect(again.status == 200 && again.json["delivery"]["status"].string == "pending")
            let requests = await receiver.wait(for: 4)
            #expect(requests.last?.eventID == "a-3" && requests.last?.body == requests[2].body)
            #expect(try await wait(for: 5) { try server.delivery("a-3", "attempt_number, status") == "2 failed" })
        }
    }

    @Test func testsAreSentAndWaitedFor() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let good = try WebhookReceiver()
            let bad = try WebhookReceiver { _ in .status(418) }
            let goodHook = try await server.post(
                Self.path, #"{"name":"w","url":"\#(good.url)","events":["task.created"],"is_active":false}"#)
            let reply = try await server.post("\(Self.path)/\(goodHook.json["webhook"]["id"].int ?? 0)/test", "")
            #expect(reply.status == 200 && reply.json["success"].bool == true, "\(reply.text)")
            #expect(reply.json["delivery"]["status"].string == "success" && reply.json["message"].string != nil)
            let request = try #require(good.received.first)
            #expect(request.header("x-webhook-event") == "webhook.test")
            #expect(request.json["event_id"].string == request.eventID && request.json["action"].string == "test")
            let failed = try await server.post("\(Self.path)/\(try await server.makeWebhook(bad.url).id)/test", "{}")
            #expect(failed.status == 200 && failed.json["success"].bool == false)
            #expect(failed.json["delivery"]["response_status_code"].int == 418)
            #expect(failed.json["delivery"]["status"].string == "failed")
        }
    }

    @Test func inactiveAndHopelessWebhooks() async throws {
        let settings = TestServer.privateNetworks.merging(["WEBHOOK_DISABLE_AFTER_FAILURES": "2"]) { _, new in new }
        try await TestServer.with(settings) { server in
            let receiver = try WebhookReceiver { _ in .status(500) }
            let hook = try await server.makeWebhook(receiver.url, #","retry_delay_seconds":3600"#).id
            try server.enqueue(hook, "a", count: 3)
            #expect(try await wait(for: 10) { try server.sql("select is_active from webhooks") == "f" })
            #expect(
                try await wait(for: 10) {
                    try server.sql(
                        "select string_agg(distinct error_type, ' ') from webhook_deliveries where status = 'failed'")
                        == "webhook_inactive"
                        && server.sql("select count(*) from webhook_deliveries where status = 'failed'") == "3"
                })
            #expect(receiver.received.count == 2)
            #expect(try await server.put("\(Self.path)/\(hook)", #"{"is_active":true}"#).status == 200)
            #expect(try server.sql("select consecutive_failures from webhooks") == "0")
        }
    }
}
