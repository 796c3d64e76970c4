import ArgumentParser
import Glibc
import Postgres
import Supervisor
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

    @Flag(help: "Only say what would be done, and what each step locks.")
    var dryRun = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let configuration = try common.load()
        let isRunning = (try? EmbeddedServices.describe(dataDirectory: configuration.dataDirectory)) != nil
        if configuration.isEmbedded, !isRunning {
            return Terminal.note("embedded mode: 'timetracker serve' migrates its database when it starts")
        }
        let resolved = try common.resolve(configuration)
        try Database.use(resolved) { db in try await run(db, resolved) }
    }

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        let migrator = Migrator(db: db)
        if check { return try await Self.check(migrator) }
        if dryRun { return Self.show(try await migrator.plan()) }
        let applied = try await migrator.migrate(report: Self.tell)
        try await InitialData(db: db).ensure(configuration)
        if applied.isEmpty { Terminal.print("up to date") }
    }

    private static func tell(_ event: Migrator.Event) {
        switch event {
        case .applying(let migration): Terminal.note("applying \(migration.version) \(migration.name)")
        case .changed(let migration, let rows):
            Terminal.note("applying \(migration.version) \(migration.name): \(rows) rows so far")
        case .waiting(let migration, let reason):
            Terminal.note("applying \(migration.version) \(migration.name): \(reason); trying again")
        case .applied(let migration, let seconds):
            let tenths = Int((seconds * 10).rounded())
            Terminal.print("applied \(migration.version) \(migration.name) in \(tenths / 10).\(tenths % 10) s")
        }
    }

    private static func show(_ plan: MigrationPlan) {
        if plan.steps.isEmpty { return Terminal.print("up to date") }
        for step in plan.steps {
            Terminal.print("\(step.version) \(step.name)\(step.isBatched ? ", in batches" : "")")
            for table in step.tables {
                let size = "\(table.rows) rows, \(table.bytes >> 20) MB"
                Terminal.print(
                    "  \(table.name) (\(size)): \(table.lock), \(table.consequence)\(table.isRewritten ? ", all rows are written anew" : "")"
                )
            }
            if step.tables.isEmpty { Terminal.print("  new objects only, nobody waits") }
        }
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
