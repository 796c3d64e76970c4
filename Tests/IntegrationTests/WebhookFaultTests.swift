import Foundation
import Glibc
import Testing

/// Webhooks while processes die and services go away (behaviour.md §10.5).
@Suite(.serialized) struct WebhookFaultTests {
    @Test func aKilledSenderLosesNothing() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in
                usleep(5000)
                return .status(200)
            }
            var expected: Set<String> = []
            for _ in 0..<5 {
                let hook = try await server.makeWebhook(receiver.url).id
                try server.enqueue(hook, "h\(hook)", count: 60)
                expected.formUnion((1...60).map { "h\(hook)-\($0)" })
            }
            var killed: Set<Int32> = []
            for count in [20, 60, 120] {
                await receiver.wait(for: count)
                #expect(await wait(for: 15) { server.jobsPID != nil })
                if let pid = server.jobsPID {
                    kill(pid, SIGKILL)
                    killed.insert(pid)
                }
                #expect(await wait(for: 15) { server.jobsPID.map { !killed.contains($0) } ?? false })
            }
            #expect(killed.count == 3)
            #expect(await wait(for: 60) { Set(receiver.received.map(\.eventID)) == expected })
            let open = "select count(*) from webhook_deliveries where status <> 'success' or claimed_by is not null"
            #expect(try await wait(for: 10) { try server.sql(open) == "0" })
            // Only what was being sent when it died comes twice.
            #expect(receiver.received.count <= expected.count + 3 * 5)
            #expect(server.workerPIDs.count == 2 && server.exitStatus == nil)
        }
    }

    @Test func aSecondSenderTakesOverAtOnce() async throws {
        try await TestServer.with(TestServer.privateNetworks.merging(["JOBS": "false"]) { _, new in new }) { server in
            let receiver = try WebhookReceiver { request in request.eventID == "a-1" ? .stall : .status(200) }
            let hook = try await server.makeWebhook(receiver.url, #","timeout_seconds":60"#)
            #expect(server.jobsPID == nil)
            let first = try JobsProcess(server)
            try server.enqueue(hook.id, "a")
            await receiver.wait(for: 1)
            let second = try JobsProcess(server)
            #expect(await second.isReady())
            first.kill()
            let requests = await receiver.wait(for: 2, seconds: 5)
            #expect(requests.map(\.eventID) == ["a-1", "a-1"])
            second.kill()
        }
    }

    @Test func twoSendersShareTheWork() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver()
            let other = try JobsProcess(server)
            #expect(await other.isReady())
            var hooks: [Int] = []
            for _ in 0..<8 { hooks.append(try await server.makeWebhook(receiver.url).id) }
            for hook in hooks { try server.enqueue(hook, "h\(hook)", count: 25) }
            let requests = await receiver.wait(for: 200, seconds: 30)
            #expect(requests.count == 200 && Set(requests.map(\.eventID)).count == 200)
            for hook in hooks {
                let order = requests.map(\.eventID).filter { $0.hasPrefix("h\(hook)-") }
                #expect(order == (1...25).map { "h\(hook)-\($0)" })
            }
            other.kill()
        }
    }

    @Test func stoppingLetsAttemptsFinish() async throws {
        try await TestServer.with(TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver { _ in
                usleep(1_500_000)
                return .status(200)
            }
            let hook = try await server.makeWebhook(receiver.url)
            try server.enqueue(hook.id, "a", count: 5)
            await receiver.wait(for: 1)
            await server.stop()
            #expect(server.exitStatus == 0)
            #expect(try server.delivery("a-1") == "success")
            #expect(try server.sql("select count(*) from webhook_deliveries where status = 'pending'") == "4")
            #expect(receiver.received.count == 1)
        }
    }

    @Test func theSenderDiesWithItsSupervisor() async throws {
        let server = try await TestServer.start()
        #expect(await wait(for: 10) { server.jobsPID != nil })
        let jobs = try #require(server.jobsPID)
        kill(server.pid, SIGKILL)
        #expect(await wait(for: 15) { Glibc.kill(jobs, 0) != 0 })
        await server.stop()
    }

    @Test func aDatabaseRestartIsSurvived() async throws {
        let postgres = try PrivatePostgres()
        defer { postgres.stop() }
        try await TestServer.with(TestServer.privateNetworks.merging(["DATABASE_URL": postgres.url]) { _, new in new })
        {
            server in
            let receiver = try WebhookReceiver()
            let hook = try await server.makeWebhook(receiver.url)
            let insert = """
                insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash)
                values (\(hook.id), 'project.created', 'ID', '{}', '')
                """
            func enqueue(_ id: String) throws {
                try SQL.run(postgres.url, insert.replacingOccurrences(of: "ID", with: id))
            }
            try enqueue("before")
            await receiver.wait(for: 1)
            try postgres.restart()
            try enqueue("after")
            #expect(await receiver.wait(for: 2).map(\.eventID) == ["before", "after"])
        }
    }
}

/// A jobs process of its own, as on another host.
final class JobsProcess: Sendable {
    private let process: Process

    private let log: URL

    init(_ server: TestServer) throws {
        log = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tt-jobs-\(UInt32.random(in: 1 ... .max)).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process = Process()
        process.executableURL = Tool.executable
        process.arguments = ["jobs"]
        process.environment = server.environment.merging(["LOG_LEVEL": "debug"]) { _, new in new }
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// Waits until it listens.
    func isReady() async -> Bool {
        await wait(for: 15) {
            ((try? String(contentsOf: log, encoding: .utf8)) ?? "").contains("listening for webhook deliveries")
        }
    }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: log)
    }
}
