import ArgumentParser
import Dispatch
import Glibc
import Postgres
import Reactor
import Synchronization
import TimeTracker

/// A command that talks to the installation's database and ends.
protocol DatabaseCommand: ParsableCommand, Sendable {
    var common: CommonOptions { get }
    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws
}

extension DatabaseCommand {
    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let configuration = try common.resolved()
        try Database.use(configuration) { db in try await self.run(db, configuration) }
    }
}

enum Database {
    /// Connects, runs `body`, disconnects; blocks the calling thread. Failures are printed and become exit status 1.
    static func use(
        _ configuration: AppConfiguration, _ body: @escaping @Sendable (PostgresClient) async throws -> Void
    ) throws {
        let outcome = Mutex<(any Error)?>(nil)
        let reactor = try Reactor(name: "tt-io")
        reactor.start()
        var postgres = configuration.postgres
        postgres.sharedConnections = 1
        postgres.poolSize = 1
        postgres.poolWait = .seconds(10)
        postgres.applicationName = "timetracker-admin"
        let db = PostgresClient(configuration: postgres, reactor: reactor)
        db.start()
        Blocking.run {
            do { try await body(db) } catch { outcome.withLock { $0 = error } }
            await db.shutdown()
        }
        reactor.stop()
        switch outcome.withLock({ $0 }) {
        case nil: return
        case let exit as ExitCode: throw exit
        case let error as PostgresError: throw Terminal.failure("PostgreSQL: \(error.message)")
        case let error?: throw Terminal.failure("\(error)")
        }
    }
}

/// Bridges from the synchronous commands to asynchronous work.
enum Blocking {
    static func run(_ body: @escaping @Sendable () async -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task {
            await body()
            done.signal()
        }
        done.wait()
    }
}
