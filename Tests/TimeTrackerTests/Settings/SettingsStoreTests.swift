import Foundation
import Postgres
import TestSupport
import Testing

@testable import TimeTracker

struct SettingsStoreTests {
    /// The store is told of a change; here it would not look by itself for an hour.
    @Test func aChangeIsTold() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            let store = SettingsStore(db: db, lifetime: .seconds(3600))
            let watch = try await watch(store, db)
            defer { watch.stop() }
            try await waitForListener(db)
            #expect(try await store.current().currency == "EUR")
            _ = try await db.execute(Statement("update settings set currency = 'USD'"))
            try await eventually { try await store.current().currency == "USD" }
            #expect(try await store.current().version == 3)
        }
    }

    /// What happens while nobody listens is looked up once somebody does again.
    @Test func aLostSessionMissesNothing() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            let store = SettingsStore(db: db, lifetime: .seconds(3600))
            let watch = try await watch(store, db)
            defer { watch.stop() }
            try await waitForListener(db)
            #expect(try await store.current().currency == "EUR")
            _ = try await db.execute(
                Statement("select pg_terminate_backend(pid) from pg_stat_activity where \(Self.listening)"))
            _ = try await db.execute(Statement("update settings set currency = 'USD'"))
            try await eventually { try await store.current().currency == "USD" }
        }
    }

    /// Without any notification it looks after its lifetime.
    @Test func withoutAListenerItLooksByItself() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            let store = SettingsStore(db: db, lifetime: .milliseconds(100))
            #expect(try await store.current().currency == "EUR")
            _ = try await db.execute(Statement("update settings set currency = 'USD'"))
            try await eventually { try await store.current().currency == "USD" }
        }
    }

    private static let listening = "datname = current_database() and query = 'listen settings'"

    private func prepare(_ db: PostgresClient) async throws {
        _ = try await db.execute(Statement("insert into settings default values"))
        _ = try await db.execute(Statement("update settings set setup_completed_at = now()"))
    }

    private func watch(_ store: SettingsStore, _ db: PostgresClient) async throws -> SettingsWatch {
        let server = try #require(ProcessInfo.processInfo.environment["TEST_DATABASE_URL"])
        let name = try #require(try await db.query(Statement("select current_database()::text")).first).string(0)
        let configuration = PostgresConfiguration(url: server.replacingOccurrences(of: "/postgres?", with: "/\(name)?"))
        let watch = SettingsWatch(store, configuration: configuration) { _, _ in }
        watch.start()
        return watch
    }

    private func waitForListener(_ db: PostgresClient) async throws {
        try await eventually {
            try await db.integer("select count(*) from pg_stat_activity where \(Self.listening)") == 1
        }
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come about")
    }
}
