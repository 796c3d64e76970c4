import ArgumentParser
import Postgres
import TimeTracker

struct MigrateCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database schema up to date.",
        discussion: "Safe to run from many hosts at once. Refuses a database that a newer release has migrated.")

    @OptionGroup var common: CommonOptions

    /// Exit status of `--check` for a schema that is not this release's.
    static let pendingStatus: Int32 = 2

    @Flag(help: "Only say what is missing; exit status 2 if anything is.")
    var check = false

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        let migrator = Migrator(db: db)
        if check {
            return try await Self.check(migrator)
        }
        let applied = try await migrator.migrate()
        try await InitialData(db: db).ensure(configuration)
        for migration in applied { Terminal.print("applied \(migration.version) \(migration.name)") }
        if applied.isEmpty { Terminal.print("up to date") }
    }

    private static func check(_ migrator: Migrator) async throws {
        do {
            let pending = try await migrator.pending()
            for migration in pending { Terminal.note("missing migration \(migration.version) \(migration.name)") }
            if !pending.isEmpty { throw ExitCode(pendingStatus) }
        } catch let error as Migrator.Failure {
            Terminal.error(error.description)
            throw ExitCode(pendingStatus)
        }
    }
}
