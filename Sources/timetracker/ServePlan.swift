import FoundationEssentials
import Glibc
import Supervisor
import TimeTracker

/// What the supervisor has to know of the effective configuration; 'serve --plan' prints it for a supervisor that runs.
struct ServePlan: Codable {
    /// Variables of the workers, without what is secret.
    var environment: [String: String]
    /// All secrets of the configuration.
    var secrets: [String: String]
    var bind: [String]
    var adminBind: String?
    var version: String
    var workers: Int
    var backlog: Int
    var drainTimeout: Int
    var runsJobs: Bool
    var isEmbedded: Bool
    var dataDirectory: String
    var walArchiveDirectory: String?
    var connectionsPerWorker: Int
    var recycleRequests: Int
    var recycleMegabytes: Int
    var recycleSeconds: Int

    /// - Parameter configuration: with the addresses of embedded services filled in.
    init(_ configuration: AppConfiguration) {
        environment = configuration.environment.merging(Self.passedOn) { value, _ in value }
        secrets = configuration.secrets
        bind = configuration.bindAddresses.map(\.description)
        adminBind = configuration.adminAddress?.description
        version = configuration.version
        workers = configuration.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        backlog = configuration.backlog
        drainTimeout = configuration.drainTimeout
        runsJobs = configuration.runsJobs
        isEmbedded = configuration.isEmbedded
        dataDirectory = configuration.dataDirectory
        walArchiveDirectory = configuration.walArchiveDirectory
        connectionsPerWorker = configuration.connectionsPerWorker
        recycleRequests = configuration.recycleRequests
        recycleMegabytes = configuration.recycleMegabytes
        recycleSeconds = configuration.recycleSeconds
    }

    /// What every program needs of this process's environment.
    private static var passedOn: [String: String] {
        let names = ["PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LD_PRELOAD", "SWIFT_BACKTRACE", "TMPDIR"]
        var passed = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        // A backtrace takes the runtime's helper 300 MB and a minute, during which it holds the dead worker's sockets.
        if passed["SWIFT_BACKTRACE"] == nil { passed["SWIFT_BACKTRACE"] = "enable=no" }
        return passed
    }

    /// Why a server that runs with this plan can't go on with another one; nil when it can.
    func obstacle(to next: ServePlan) -> String? {
        if isEmbedded != next.isEmbedded {
            return "DATABASE_URL can't come or go while the server runs; restart it"
        }
        if isEmbedded, dataDirectory != next.dataDirectory {
            return "DATA_DIR can't change while the server runs; restart it"
        }
        if isEmbedded, walArchiveDirectory != next.walArchiveDirectory {
            return "WAL_ARCHIVE_DIR can't change while the server runs; restart it"
        }
        if adminBind != next.adminBind { return "ADMIN_BIND can't change while the server runs; restart it" }
        return bind == next.bind ? nil : "BIND can't change while the server runs; restart it"
    }

    /// The secrets that workers need, or those that the preparation of the database needs as well.
    func makeSecrets(ofAdministrator: Bool) throws(SupervisorError) -> Secrets {
        try Secrets(secrets.filter { ofAdministrator || $0.key != "ADMIN_PASSWORD" })
    }

    func supervisorConfiguration(_ executable: String, _ secrets: Secrets) -> SupervisorConfiguration {
        var result = SupervisorConfiguration(
            executable: executable, addresses: bind.map(Self.address), workers: workers, environment: environment)
        result.adminAddress = adminBind.map(Self.address)
        result.version = version
        result.backlog = Int32(backlog)
        result.drainTimeout = Double(drainTimeout)
        result.secrets = secrets
        result.recycling.requests = UInt64(recycleRequests)
        result.recycling.residentBytes = UInt64(recycleMegabytes) << 20
        result.recycling.age = Double(recycleSeconds)
        // For tests, which can't wait as long as a busy machine should.
        if let seconds = ProcessInfo.processInfo.environment["TT_HEARTBEAT_TIMEOUT"].flatMap(Double.init) {
            result.heartbeatTimeout = seconds
        }
        return result
    }

    /// - Parameter text: as ``BindAddress`` writes it.
    static func address(_ text: String) -> SupervisorConfiguration.Address {
        guard !text.hasPrefix("unix:") else { return .unix(path: String(text.dropFirst(5))) }
        let colon = text.lastIndex(of: ":") ?? text.endIndex
        let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
        return .tcp(host: host, port: Int(text[colon...].dropFirst()) ?? 0)
    }

    /// The process that sends webhooks. Requests are answered without it.
    func companions(_ executable: String, _ secrets: Secrets) -> [ServiceProcess] {
        guard runsJobs else { return [] }
        var environment = environment
        environment["TT_SUPERVISOR_PID"] = String(getpid())
        return [
            ServiceProcess(
                name: "jobs", arguments: [executable, "jobs"], environment: environment, secrets: secrets,
                countsOnBoard: true, stopSignal: SIGTERM, stopTimeout: Double(drainTimeout), isReady: { true })
        ]
    }
}

/// The last look before workers start: embedded databases are migrated and get their first administrator; for others the
/// schema is only checked, and a database that is away is waited for by the workers.
struct DatabaseCheck {
    let isEmbedded: Bool
    let arguments: [String]

    init(_ plan: ServePlan, address: String?) {
        isEmbedded = plan.isEmbedded
        arguments = isEmbedded ? ["prepare", "--address", address ?? ""] : ["migrate", "--check"]
    }

    /// - Parameter status: of the check.
    func isRefusal(_ status: Int32) -> Bool { isEmbedded ? status != 0 : status == MigrateCommand.pendingStatus }

    var refusal: String {
        isEmbedded
            ? "the database could not be prepared"
            : "the database's schema is not this release's; run 'timetracker migrate'"
    }
}
