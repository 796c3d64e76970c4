import Postgres
import Synchronization
import Testing

@Suite("Notifications", .timeLimit(.minutes(1)))
struct NotificationListenerTests {
    /// What a listener has reported.
    private final class Events: Sendable {
        private let state = Mutex((keys: [Int64](), payloads: [String](), lost: 0))

        func note(_ event: NotificationListener.Event) {
            state.withLock { state in
                switch event {
                case .connected(let key): state.keys.append(key)
                case .notified(let notifications): state.payloads += notifications.map { "\($0.channel) \($0.payload)" }
                case .lost: state.lost += 1
                }
            }
        }

        var keys: [Int64] { state.withLock { $0.keys } }
        var payloads: [String] { state.withLock { $0.payloads } }
        var lost: Int { state.withLock { $0.lost } }
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func listener(_ channel: String, _ events: Events) throws -> NotificationListener {
        var configuration = PostgresConfiguration(url: try TestDatabase.url())
        configuration.applicationName = channel
        return NotificationListener(configuration: configuration, channels: [channel, channel + "_too"]) {
            events.note($0)
        }
    }

    private static let isFree = "select pg_try_advisory_xact_lock($1)"

    @Test("hears notifications, holds its lock, and comes back under the same key")
    func life() async throws {
        let channel = "test_\(UInt32.random(in: 1 ... .max))"
        let events = Events()
        let listener = try listener(channel, events)
        #expect(listener.key == nil)
        listener.start()
        try await TestDatabase.withClient { client in
            try await until { listener.key != nil }
            let key = try #require(events.keys.first)
            #expect(listener.key == key)
            let isFree = Statement(Self.isFree, [.int(key)])
            #expect(try await client.query(isFree).first?.bool(0) == false)
            _ = try await client.query(Statement("select pg_notify($1, 'one')", [.text(channel)]))
            _ = try await client.query(Statement("select pg_notify($1, 'two')", [.text(channel + "_too")]))
            try await until { events.payloads == ["\(channel) one", "\(channel)_too two"] }

            let end = Statement(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [.text(channel)])
            #expect(try await client.query(end).count == 1)
            try await until { events.keys.count == 2 }
            #expect(events.lost == 1 && events.keys[1] == key)
            _ = try await client.query(Statement("select pg_notify($1, '')", [.text(channel)]))
            try await until { events.payloads.count == 3 }

            listener.stop()
            try await until { try await client.query(isFree).first?.bool(0) == true }
            #expect(events.lost == 1 && listener.key == nil)
        }
    }
}
