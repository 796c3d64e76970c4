import ArgumentParser
import FoundationEssentials
import Glibc
import Supervisor
import TimeTracker

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Start the server.",
        discussion: """
            Without DATABASE_URL a private PostgreSQL and Redis are made and started under --data-dir. TERM or ^C lets requests \
            in flight finish; a second one hurries. Exit status 78 means that the configuration is not usable.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Addresses to listen on, comma-separated: host:port or unix:/path; overrides BIND.")
    var bind: String?

    @Option(help: "HTTP worker processes, or auto; overrides WORKERS.")
    var workers: String?

    func run() throws {
        var extra: [String: String] = [:]
        extra["BIND"] = bind
        extra["WORKERS"] = workers
        var configuration = try common.load(extra)
        ProcessEnvironment.forget(AppConfiguration.secretVariables)
        let workerCount = configuration.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let embedded = try configuration.isEmbedded ? prepareServices(configuration, workerCount) : nil
        if let embedded {
            configuration = configuration.applying(
                .init(databaseURL: embedded.databaseURL, redisURL: embedded.redisURL, secretKey: embedded.secretKey))
        }
        let environment = workerEnvironment(configuration)
        let secrets = try Self.secrets(configuration, ofAdministrator: false)
        let log = SupervisorLog(LogSetup(configuration, isTerminal: Terminal.isInteractive))
        let executable = Self.executable
        do {
            let supervisor = try Supervisor(
                configuration: supervisorConfiguration(configuration, workerCount, executable, environment, secrets),
                services: embedded?.processes ?? [],
                companions: configuration.runsJobs ? [jobs(executable, environment, secrets, configuration)] : [],
                report: log.write, onReady: log.announce)
            let status = try supervisor.run {
                let all = try Self.secrets(configuration, ofAdministrator: true)
                defer { all.discard() }
                try Self.prepareDatabase(
                    executable, environment, all, isEmbedded: embedded != nil, address: supervisor.addresses.first)
            }
            throw ExitCode(status)
        } catch let error as SupervisorError {
            throw Terminal.failure(error.description)
        }
    }

    private func prepareServices(_ configuration: AppConfiguration, _ workers: Int) throws -> EmbeddedServices {
        do {
            return try EmbeddedServices.prepare(
                dataDirectory: configuration.dataDirectory,
                connections: workers * configuration.connectionsPerWorker + Jobs.connections)
        } catch {
            throw Terminal.failure(error.description)
        }
    }

    /// The process that sends webhooks. Requests are answered without it.
    private func jobs(
        _ executable: String, _ environment: [String: String], _ secrets: Secrets, _ configuration: AppConfiguration
    ) -> ServiceProcess {
        var environment = environment
        environment["TT_SUPERVISOR_PID"] = String(getpid())
        return ServiceProcess(
            name: "jobs", arguments: [executable, "jobs"], environment: environment, secrets: secrets,
            stopSignal: SIGTERM, stopTimeout: Double(configuration.drainTimeout), isReady: { true })
    }

    /// The effective configuration without its secrets, plus what every program needs.
    private func workerEnvironment(_ configuration: AppConfiguration) -> [String: String] {
        let passed = ["PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LD_PRELOAD", "SWIFT_BACKTRACE", "TMPDIR"]
        var environment = ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
        // A backtrace takes the runtime's helper 300 MB and a minute, during which it holds the dead worker's sockets.
        if environment["SWIFT_BACKTRACE"] == nil { environment["SWIFT_BACKTRACE"] = "enable=no" }
        return configuration.environment.merging(environment) { value, _ in value }
    }

    /// The effective configuration's secrets. The administrator's password is for the preparation of the database only.
    private static func secrets(_ configuration: AppConfiguration, ofAdministrator: Bool) throws -> Secrets {
        do {
            return try Secrets(configuration.secrets.filter { ofAdministrator || $0.key != "ADMIN_PASSWORD" })
        } catch {
            throw Terminal.failure(error.description)
        }
    }

    private func supervisorConfiguration(
        _ configuration: AppConfiguration, _ workers: Int, _ executable: String, _ environment: [String: String],
        _ secrets: Secrets
    ) -> SupervisorConfiguration {
        let addresses = configuration.bindAddresses.map { address -> SupervisorConfiguration.Address in
            switch address {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unix(let path): .unix(path: path)
            }
        }
        var result = SupervisorConfiguration(
            executable: executable, addresses: addresses, workers: workers, environment: environment)
        result.backlog = Int32(configuration.backlog)
        result.drainTimeout = Double(configuration.drainTimeout)
        result.secrets = secrets
        // For tests, which can't wait as long as a busy machine should.
        if let seconds = ProcessInfo.processInfo.environment["TT_HEARTBEAT_TIMEOUT"].flatMap(Double.init) {
            result.heartbeatTimeout = seconds
        }
        return result
    }

    /// In a child, because the supervisor has no threads: embedded databases are migrated and get their first
    /// administrator; for others the schema is only checked, and a database that is away is waited for by the workers.
    private static func prepareDatabase(
        _ executable: String, _ environment: [String: String], _ secrets: Secrets, isEmbedded: Bool, address: String?
    ) throws {
        let arguments = isEmbedded ? ["prepare", "--address", address ?? ""] : ["migrate", "--check"]
        let status = try Command.run([executable] + arguments, environment: environment, secrets: secrets)
        if status == MigrateCommand.pendingStatus {
            throw SupervisorError("the database's schema is not this release's; run 'timetracker migrate'")
        }
        if isEmbedded, status != 0 { throw SupervisorError("the database could not be prepared") }
    }

    /// The program itself, whose file may have been replaced since it was started: then the new one is wanted.
    private static var executable: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
