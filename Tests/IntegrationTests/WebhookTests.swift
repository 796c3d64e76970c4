import Foundation
import Glibc
import Synchronization
import Testing

/// Sending webhooks with the whole process tree (behaviour.md §10.5, §10.6).
@Suite(.serialized) struct WebhookTests {
    @Test func deliveriesAreSignedAndCounted() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in .status(204, headers: ["X-Seen": "yes"], body: "") }
            let hook = try await server.makeWebhook(receiver.url, #","headers":{"X-Own":"mine"}"#)
            try server.enqueue(hook.id, "a")
            let request = try #require(await receiver.wait(for: 1).first)
            #expect(request.method == "POST" && request.path == "/hook")
            #expect(request.header("host") == "127.0.0.1:\(receiver.port)")
            #expect(request.header("content-type") == "application/json")
            #expect(request.all("user-agent") == ["TimeTracker-Webhook/1.0"])
            #expect(request.header("x-webhook-event") == "project.created")
            #expect(request.header("x-webhook-id") == "\(hook.id)" && request.header("x-own") == "mine")
            #expect(request.eventID == "a-1")
            let sent = try #require(request.header("x-webhook-timestamp").flatMap { Double($0) })
            #expect(abs(sent - Date().timeIntervalSince1970) < 30)
            let signature = try TestServer.hmac(hook.secret, request.body)
            #expect(request.header("x-webhook-signature") == "sha256=\(signature)")
            #expect(request.json["text"].string == "ä")
            #expect(try await wait(for: 5) { try server.delivery("a-1") == "success" })
            #expect(
                try server.delivery(
                    "a-1", "attempt_number, retry_count, response_status_code, response_headers->>'x-seen'")
                    == "1 0 204 yes")
            let shown = try await server.get("/api/v1/webhooks/\(hook.id)").json["webhook"]
            #expect(shown["total_deliveries"].int == 1 && shown["successful_deliveries"].int == 1)
            #expect(shown["failed_deliveries"].int == 0 && shown["last_success_at"].string != nil)
            #expect(shown["secret"].isNull && shown["last_failure_at"].isNull)
        }
    }

    @Test func failuresAreRetriedWithTheSameEventAndThenGivenUp() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in .status(500, body: "no \0 way") }
            let hook = try await server.makeWebhook(receiver.url, #","max_retries":2,"retry_delay_seconds":1"#)
            try server.enqueue(hook.id, "a")
            let requests = await receiver.wait(for: 3, seconds: 20)
            #expect(try await wait(for: 5) { try server.delivery("a-1") == "failed" })
            #expect(requests.map(\.eventID) == ["a-1", "a-1", "a-1"])
            #expect(Set(requests.map(\.body)).count == 1)
            #expect(Set(requests.compactMap { $0.header("x-webhook-signature") }).count == 1)
            #expect(requests[1].at - requests[0].at >= .milliseconds(990))
            #expect(requests[2].at - requests[1].at >= .milliseconds(1990))
            let columns = "attempt_number, retry_count, response_status_code, error_type, next_retry_at is null"
            #expect(try server.delivery("a-1", columns) == "3 2 500 http_error t")
            #expect(try server.sql("select failed_deliveries from webhooks") == "3")
        }
    }

    @Test func retryAfterIsHonoured() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in .status(503, headers: ["Retry-After": "600"]) }
            let hook = try await server.makeWebhook(receiver.url, #","retry_delay_seconds":1"#)
            try server.enqueue(hook.id, "a")
            #expect(try await wait(for: 10) { try server.delivery("a-1") == "retrying" })
            let wait = try server.delivery("a-1", "round(extract(epoch from next_retry_at - completed_at))")
            #expect(wait == "600")
        }
    }

    @Test func redirectsAreFailures() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let other = try WebhookReceiver()
            let receiver = try WebhookReceiver { _ in .status(302, headers: ["Location": other.url]) }
            let hook = try await server.makeWebhook(receiver.url, #","max_retries":0"#)
            try server.enqueue(hook.id, "a")
            #expect(try await wait(for: 10) { try server.delivery("a-1") == "failed" })
            #expect(try server.delivery("a-1", "response_status_code, error_type") == "302 http_error")
            #expect(other.received.isEmpty)
        }
    }

    @Test func whoStallsOrIsAwayFails() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let stalling = try WebhookReceiver { _ in .stall }
            let slow = try await server.makeWebhook(stalling.url, #","max_retries":0,"timeout_seconds":1"#)
            let away = try await server.makeWebhook("http://127.0.0.1:9999/", #","max_retries":0"#)
            let unknown = try await server.makeWebhook("http://no-such-host.invalid/", #","max_retries":0"#)
            try server.enqueue(slow.id, "s")
            try server.enqueue(away.id, "a")
            try server.enqueue(unknown.id, "u")
            #expect(
                try await wait(for: 20) {
                    try server.sql("select count(*) from webhook_deliveries where status = 'failed'") == "3"
                })
            #expect(try server.delivery("s-1", "error_type") == "timeout")
            #expect(try server.delivery("a-1", "error_type") == "connection_error")
            #expect(try server.delivery("u-1", "error_type") == "connection_error")
        }
    }

    @Test func privateAddressesAreBlocked() async throws {
        try await TestServer.with { server in
            let receiver = try WebhookReceiver()
            for url in [receiver.url, "http://localhost:\(receiver.port)/", "http://10.0.0.1/", "http://[::1]:8080/"] {
                let reply = try await server.post(
                    "/api/v1/webhooks", #"{"name":"w","url":"\#(url)","events":["*"]}"#)
                #expect(reply.status == 400 && !reply.json["errors"]["url"].isNull)
            }
            // As if it had pointed elsewhere when it was made.
            let hook = try await server.makeWebhook("https://example.com/", #","max_retries":0"#)
            for (n, url) in [receiver.url, "http://localhost:\(receiver.port)/", "http://2130706433:\(receiver.port)/"]
                .enumerated()
            {
                try server.sql("update webhooks set url = '\(url)' where id = \(hook.id)")
                try server.enqueue(hook.id, "b\(n)")
                #expect(try await wait(for: 10) { try server.delivery("b\(n)-1") == "failed" })
                #expect(try server.delivery("b\(n)-1", "error_type") == "blocked_address")
            }
            #expect(receiver.received.isEmpty)
        }
    }

    @Test func aWebhooksDeliveriesKeepTheirOrder() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let busy = Mutex((now: 0, most: 0))
            let receiver = try WebhookReceiver { request in
                busy.withLock { busy in
                    busy.now += 1
                    busy.most = max(busy.most, busy.now)
                }
                usleep(2000)
                busy.withLock { $0.now -= 1 }
                // The first waits for its retry and doesn't hold up the others.
                return .status(request.eventID == "a-1" ? 500 : 200)
            }
            let hook = try await server.makeWebhook(receiver.url, #","retry_delay_seconds":60"#)
            try server.enqueue(hook.id, "a", count: 60)
            let order = await receiver.wait(for: 60).map(\.eventID)
            #expect(order == (1...60).map { "a-\($0)" })
            #expect(busy.withLock { $0.most } == 1)
        }
    }

    @Test func aDeadReceiverDelaysNobodyElse() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let dead = try WebhookReceiver { _ in .stall }
            let live = try WebhookReceiver()
            let deadHook = try await server.makeWebhook(dead.url, #","timeout_seconds":60"#)
            var hooks: [Int] = []
            for _ in 0..<9 { hooks.append(try await server.makeWebhook(live.url).id) }
            try server.enqueue(deadHook.id, "dead", count: 5)
            await dead.wait(for: 1)
            let start = ContinuousClock.now
            for hook in hooks { try server.enqueue(hook, "h\(hook)", count: 5) }
            let requests = await live.wait(for: 45)
            #expect(requests.count == 45)
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(dead.received.count == 1)
        }
    }

    /// Notifications wake the sender; without them it would take up to a second.
    @Test func deliveriesAreSentAtOnce() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver()
            let hook = try await server.makeWebhook(receiver.url)
            try server.enqueue(hook.id, "warm")
            await receiver.wait(for: 1)
            var delays: [Duration] = []
            for n in 0..<7 {
                let before = ContinuousClock.now
                try server.enqueue(hook.id, "n\(n)")
                let requests = await receiver.wait(for: n + 2)
                delays.append((requests.last?.at ?? .now) - before)
            }
            #expect(delays.sorted()[3] < .milliseconds(300), "\(delays)")
        }
    }
}
