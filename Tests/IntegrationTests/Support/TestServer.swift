import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A whole process tree of its own: own database, own Redis prefix, own port.
final class TestServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    let databaseURL: String
    let prefix: String
    let environment: [String: String]
    /// Token of an administrator, with every scope.
    let token: String
    /// Process id of the supervisor.
    let pid: Int32
    private let process: Daemon
    private let logURL: URL

    static let password = TemplateDatabases.password

    private init(
        port: Int, databaseURL: String, prefix: String, environment: [String: String], token: String, process: Daemon,
        logURL: URL
    ) {
        self.port = port
        self.databaseURL = databaseURL
        self.prefix = prefix
        self.environment = environment
        self.token = token
        self.process = process
        self.pid = process.pid
        self.logURL = logURL
    }

    /// - Parameters:
    ///   - settings: environment variables on top of the tests' own.
    ///   - isSetUp: false leaves the first-run setup undone; the token is empty then.
    ///   - arguments: of serve.
    ///   - executable: a program that isn't the one built beside the tests.
    static func start(
        workers: Int = 2, isSetUp: Bool = true, _ settings: [String: String] = [:], arguments: [String] = [],
        executable: URL = Tool.executable
    ) async throws -> TestServer {
        if workers == 1, isSetUp, settings.isEmpty, arguments.isEmpty, executable == Tool.executable {
            return try await SpareServer.take()
        }
        return try await launch(workers, isSetUp, settings, arguments, executable)
    }

    fileprivate static func launch(
        _ workers: Int, _ isSetUp: Bool, _ settings: [String: String], _ arguments: [String], _ executable: URL
    ) async throws -> TestServer {
        let templates = try TemplateDatabases.shared()
        let isSeeded = !TemplateDatabases.seeds.isDisjoint(with: settings.keys)
        let template: TemplateDatabases.Template = isSeeded ? .migrated : isSetUp ? .setUp : .initial
        let database = try await templates.copy(of: template)
        // Setup codes are made from it, and no two installations have the same.
        if template == .initial { try SQL.run(database.url, "update settings set setup_salt = gen_random_uuid()") }
        var environment = [
            "PATH": "/usr/bin:/bin", "DATABASE_URL": database.url, "REDIS_URL": try variable("TEST_REDIS_URL"),
            "REDIS_KEY_PREFIX": "\(database.name):",
            "SECRET_KEY": "0123456789abcdef0123456789abcdef", "BIND": "127.0.0.1:0", "WORKERS": "\(workers)",
            "LOG_FORMAT": "json",
            "API_TOKEN_RATE_LIMIT_PER_MINUTE": "1000000", "API_TOKEN_RATE_LIMIT_PER_HOUR": "1000000",
            "DRAIN_TIMEOUT": "10",
            "DATABASE_POOL_SIZE": "4", "DATABASE_SHARED_CONNECTIONS": "1",
        ]
        if let library = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] {
            environment["LD_LIBRARY_PATH"] = library
        }
        environment.merge(settings) { _, new in new }
        let token = isSeeded ? try prepare(environment, isSetUp: isSetUp) : database.token
        let logURL = URL(fileURLWithPath: try variable("TEST_DIRECTORY") + "/\(database.name).log")
        let (process, port) = try await serve(executable, arguments, environment, logURL)
        return TestServer(
            port: port, databaseURL: database.url, prefix: database.name, environment: environment, token: token,
            process: process, logURL: logURL)
    }

    /// What the templates hold, by the product's commands.
    private static func prepare(_ environment: [String: String], isSetUp: Bool) throws -> String {
        try Tool.timetracker(["migrate"], environment)
        guard isSetUp else { return "" }
        try Tool.timetracker(["setup", "--admin-username", "admin", "--admin-password", password], environment)
        return try Tool.timetracker(
            ["token", "create", "--user", "admin", "--name", "tests", "--scopes", "admin:all"], environment)
    }

    /// Runs `body` with a server and stops it.
    static func with(
        workers: Int = 2, isSetUp: Bool = true, _ settings: [String: String] = [:], arguments: [String] = [],
        executable: URL = Tool.executable, _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try await start(
            workers: workers, isSetUp: isSetUp, settings, arguments: arguments, executable: executable)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.stop()
        try result.get()
    }

    func stop() async {
        process.signal(SIGTERM)
        if await !process.ends(within: 20) { process.signal(SIGKILL) }
        unlink(Self.pidFile(logURL))
    }

    /// Nil while it runs; 128 and more = ended by a signal.
    var exitStatus: Int32? { process.endStatus.map { $0 & 0x7f == 0 ? $0 >> 8 & 0xff : 128 + ($0 & 0x7f) } }

    /// The server's log so far.
    var log: String { (try? String(contentsOf: logURL, encoding: .utf8)) ?? "" }

    /// Process ids of the live workers.
    var workerPIDs: [Int32] { children(running: "worker") }

    /// Process id of the process that sends webhooks; nil while there is none.
    var jobsPID: Int32? { children(running: "jobs").first }

    /// The supervisor's children that run a command of ours.
    private func children(running command: String) -> [Int32] {
        let children = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        return children.split(separator: " ").compactMap { Int32($0) }.filter { child in
            let line = (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)) ?? ""
            return line.split(separator: "\0").dropFirst().first == command[...]
        }
    }

    /// What the statements return, as `psql -At` prints it.
    @discardableResult
    func sql(_ text: String) throws -> String {
        try SQL.run(databaseURL, text)
    }

    @discardableResult
    func cli(_ arguments: String...) throws -> String { try Tool.timetracker(arguments, environment) }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            throw Failure(description: "\(name) is not set; run the tests with Tests/run")
        }
        return value
    }

    /// For Tests/run, which ends what an interrupted run has left.
    private static func pidFile(_ log: URL) -> String { log.deletingPathExtension().path + ".pid" }

    /// Starts it, and reads the port off the log as soon as it is there.
    private static func serve(
        _ executable: URL, _ arguments: [String], _ environment: [String: String], _ log: URL
    ) async throws -> (Daemon, port: Int) {
        try await blocking {
            let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            defer { close(file) }
            let changes = inotify_init1(O_CLOEXEC)
            defer { close(changes) }
            inotify_add_watch(changes, log.path, UInt32(IN_MODIFY))
            let process = try Daemon(executable.path, ["serve"] + arguments, environment, errors: file)
            try "\(process.pid)".write(toFile: pidFile(log), atomically: false, encoding: .utf8)
            let deadline = ContinuousClock.now + .seconds(30)
            var events = [UInt8](repeating: 0, count: 1 << 12)
            var isOver = false
            while true {
                let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
                if let range = text.range(of: #""message":"serving","addresses":"http://127.0.0.1:"#),
                    let port = Int(text[range.upperBound...].prefix { $0.isNumber })
                {
                    return (process, port)
                }
                guard !isOver else {
                    let end = process.endStatus.map(Spawn.describe) ?? "no sign of it"
                    throw Failure(description: "the server did not start: \(end): \(text)")
                }
                var change = pollfd(fd: changes, events: Int16(POLLIN), revents: 0)
                // Its end is no change of the log.
                if poll(&change, 1, 100) > 0 { _ = read(changes, &events, events.count) }
                isOver = process.endStatus != nil || ContinuousClock.now > deadline
                if isOver { process.signal(SIGKILL) }
            }
        }
    }
}

/// A server of the commonest kind, which starts while other tests run. Tests/run ends the one that is left.
private enum SpareServer {
    private static let next = Mutex<Task<TestServer, any Error>?>(nil)

    static func take() async throws -> TestServer {
        let spare = next.withLock { task in
            defer { task = Task.detached { try await start() } }
            return task
        }
        if let server = try? await spare?.value, server.exitStatus == nil { return server }
        return try await start()
    }

    private static func start() async throws -> TestServer {
        try await TestServer.launch(1, true, [:], [], Tool.executable)
    }
}

/// Polls until `condition` holds or the seconds are over.
@discardableResult
func wait(for seconds: Double, until condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try condition()
}
