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
            in flight finish; a second one hurries. HUP replaces the workers one by one, with the configuration and the program \
            as they are then; USR2 replaces the supervisor too. Exit status 78 means that the configuration is not usable.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Addresses to listen on, comma-separated: host:port or unix:/path; overrides BIND.")
    var bind: String?

    @Option(help: "HTTP worker processes, or auto; overrides WORKERS.")
    var workers: String?

    @Flag(help: .hidden)
    var plan = false

    func run() throws {
        let given = ProcessEnvironment.read()
        let configuration = try common.load(overrides)
        if plan { return try printPlan(configuration) }
        ProcessEnvironment.forget(AppConfiguration.secretVariables)
        do {
            throw ExitCode(try serve(configuration, given))
        } catch let error as SupervisorError {
            throw Terminal.failure(error.description)
        }
    }

    private var overrides: [String: String] {
        var overrides: [String: String] = [:]
        overrides["BIND"] = bind
        overrides["WORKERS"] = workers
        return overrides
    }

    /// For the supervisor that runs; the secrets are among what it gets.
    private func printPlan(_ configuration: AppConfiguration) throws {
        let plan = ServePlan(try common.resolve(configuration))
        Terminal.print(String(decoding: try JSONEncoder().encode(plan), as: UTF8.self))
    }

    private func serve(_ configuration: AppConfiguration, _ given: [String: String]) throws -> Int32 {
        let handover = try Handover.take()
        let embedded = try configuration.isEmbedded ? services(ServePlan(configuration), handover) : nil
        let plan = ServePlan(embedded.map { configuration.applying($0.overrides) } ?? configuration)
        let log = SupervisorLog(LogSetup(configuration, isTerminal: Terminal.isInteractive))
        let executable = ProgramFile.path
        let secrets = try plan.makeSecrets(ofAdministrator: false)
        let supervisor = try Supervisor(
            configuration: plan.supervisorConfiguration(executable, secrets), services: embedded?.processes ?? [],
            companions: plan.companions(executable, secrets), reloads: try reload(plan, given, executable),
            lock: embedded?.lock, handover: handover, report: log.write, onReady: log.announce)
        return try supervisor.run {
            let check = DatabaseCheck(plan, address: supervisor.addresses.first)
            let all = try plan.makeSecrets(ofAdministrator: true)
            defer { all.discard() }
            let status = try Command.run([executable] + check.arguments, environment: plan.environment, secrets: all)
            if check.isRefusal(status) { throw SupervisorError(check.refusal) }
        }
    }

    private func services(_ plan: ServePlan, _ handover: Handover?) throws(SupervisorError) -> EmbeddedServices {
        // One worker more, for the time in which it takes another one's place.
        let connections = (plan.workers + 1) * plan.connectionsPerWorker + Jobs.connections
        if let lock = handover?.lock {
            return try .adopt(
                dataDirectory: plan.dataDirectory, connections: connections, archive: plan.walArchiveDirectory,
                lock: lock)
        }
        return try .prepare(
            dataDirectory: plan.dataDirectory, connections: connections, archive: plan.walArchiveDirectory)
    }

    /// How HUP and USR2 learn what is new: by asking the program on disk.
    private func reload(_ plan: ServePlan, _ given: [String: String], _ executable: String) throws -> Reload {
        let secretNames = Set(AppConfiguration.secretVariables)
        let secrets = try Secrets(given.filter { secretNames.contains($0.key) })
        // These were meant for this very process.
        let spent: Set = [Secrets.variable, Handover.variable, "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        let environment = given.filter { !secretNames.contains($0.key) && !spent.contains($0.key) }
        let arguments = Array(CommandLine.arguments.dropFirst()) + ["--plan"]
        return Reload(arguments: arguments, environment: environment, secrets: secrets) { output in
            let next = try JSONDecoder().decode(ServePlan.self, from: Data(output))
            if let obstacle = plan.obstacle(to: next) { throw SupervisorError(obstacle) }
            let check = DatabaseCheck(next, address: nil)
            let secrets = try next.makeSecrets(ofAdministrator: false)
            return Reload.Accepted(
                configuration: next.supervisorConfiguration(executable, secrets),
                companions: next.companions(executable, secrets), check: check.arguments,
                checkSecrets: try next.makeSecrets(ofAdministrator: true), isRefusal: check.isRefusal)
        }
    }
}

extension EmbeddedServices {
    var overrides: AppConfiguration.Overrides {
        .init(databaseURL: databaseURL, redisURL: redisURL, secretKey: secretKey)
    }
}

/// The program that this process runs.
enum ProgramFile {
    /// Absolute, as it was called: where a release is chosen by a symbolic link, a later look finds the next one.
    static var path: String {
        let real = link("/proc/self/exe")
        let called = CommandLine.arguments[0]
        guard called.contains("/") else { return real }
        let absolute = called.hasPrefix("/") ? called : FileManager.default.currentDirectoryPath + "/" + called
        return resolved(absolute) == real ? absolute : real
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    private static func link(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count - 1)
        let text = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // So the kernel marks a file that another one has replaced; that one is wanted.
        return text.hasSuffix(" (deleted)") ? String(text.dropLast(10)) : text
    }
}
