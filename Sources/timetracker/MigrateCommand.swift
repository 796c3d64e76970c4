import ArgumentParser
import Postgres
import TimeTracker

struct MigrateCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database schema up to date.",
        discussion: "Safe to run from many hosts at once. Refuses a database that a newer release has migrated.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Only say what is missing; exit status 1 if anything is.")
    var check = false

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        let migrator = Migrator(db: db)
        if check {
            let pending = try await migrator.pending()
            for migration in pending { Terminal.print("missing \(migration.version) \(migration.name)") }
            if !pending.isEmpty { throw ExitCode(1) }
            return Terminal.print("up to date")
        }
        let applied = try await migrator.migrate()
        try await InitialData(db: db).ensure(configuration)
        for migration in applied { Terminal.print("applied \(migration.version) \(migration.name)") }
        if applied.isEmpty { Terminal.print("up to date") }
    }
}
