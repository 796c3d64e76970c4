import ArgumentParser
import Postgres
import TimeTracker

/// Run by serve in embedded mode: schema, settings row, and on the first start an administrator with a token.
struct PrepareCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "Prepare an embedded database; run by serve.", shouldDisplay: false)

    @OptionGroup var common: CommonOptions
    @Option var address: String

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        _ = try await Migrator(db: db).migrate()
        try await InitialData(db: db).ensure(configuration)
        let setup = FirstRunSetup(db: db)
        guard try await !setup.isComplete() else { return }
        let password = GeneratedSecret.password()
        guard try await setup.complete(username: "admin", password: password, timezone: nil, currency: nil) else {
            return
        }
        let token = try await TokenAdmin(db: db).create(
            user: "admin", name: "first start", scopes: "admin:all", expiresDays: nil)
        Terminal.print(
            """

            TimeTracker is set up. This is shown once:

              address   \(address)
              sign in   admin / \(password)
              token     \(token)

              curl -H "Authorization: Bearer \(token)" \(address)/api/v1/users/me

            """)
    }
}
