import Postgres

/// What a database has to hold besides its schema.
public struct InitialData: Sendable {
    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    /// Makes the settings row from the environment if there is none yet (behaviour.md §11.4); afterwards the row rules.
    public func ensure(_ configuration: AppConfiguration) async throws {
        // A host's TZ may be anything, such as `:/etc/localtime`; what PostgreSQL doesn't know means UTC
        // (behaviour.md §3.9).
        let isKnown = try await SettingsAdmin(db: db).isZone(configuration["tz"] ?? "UTC")
        let seeds = configuration.settingsSeeds.map { seed in
            seed.column == "timezone" && !isKnown ? (column: seed.column, value: "UTC", type: seed.type) : seed
        }
        let columns = seeds.map(\.column).joined(separator: ", ")
        let values = seeds.enumerated().map { "$\($0 + 1)::text::\($1.type)" }.joined(separator: ", ")
        _ = try await db.execute(
            Statement(
                "insert into settings (\(columns)) values (\(values)) on conflict (id) do nothing",
                seeds.map { .text($0.value) }))
        if configuration.skipsSetup || configuration.adminPassword != nil { try await finishSetup(configuration) }
    }

    /// Unattended first-run setup through `ADMIN_USERNAME` and `ADMIN_PASSWORD`, or `SKIP_SETUP` (behaviour.md §12.6).
    private func finishSetup(_ configuration: AppConfiguration) async throws {
        let setup = FirstRunSetup(db: db)
        guard try await !setup.isComplete() else { return }
        if let password = configuration.adminPassword {
            _ = try await setup.complete(
                username: configuration.adminUsername ?? "admin", password: password, timezone: nil, currency: nil)
        } else {
            _ = try await db.execute(
                Statement("update settings set setup_completed_at = now() where setup_completed_at is null"))
        }
    }
}
