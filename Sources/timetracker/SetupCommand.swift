import ArgumentParser
import Postgres
import TimeTracker

struct SetupCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Do the first-run setup without a browser.",
        discussion:
            "Makes the first administrator and marks the setup as done. Changes nothing when it is done already.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Name of the first administrator.")
    var adminUsername: String

    @Option(help: "Their password, 8 characters or more.")
    var adminPassword: String?

    @Flag(help: "Read the password from the first line of standard input.")
    var adminPasswordStdin = false

    @Option(help: "App time zone, an IANA name such as Europe/Brussels.")
    var timezone: String?

    @Option(help: "Three-letter currency code.")
    var currency: String?

    func validate() throws {
        if (adminPassword == nil) != adminPasswordStdin {
            throw ValidationError("Give either --admin-password or --admin-password-stdin.")
        }
    }

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        _ = try await Migrator(db: db).migrate()
        try await InitialData(db: db).ensure(configuration)
        let password = try adminPassword ?? Terminal.readSecret()
        let isDone = try await FirstRunSetup(db: db).complete(
            username: adminUsername, password: password, timezone: timezone, currency: currency)
        Terminal.print(
            isDone ? "setup complete; sign in as \(adminUsername)" : "the setup was complete already; nothing changed")
    }
}
