import Foundation
import Glibc
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
    private let process: Process
    private let logURL: URL

    static let password = "correct horse 1"

    private init(
        port: Int, databaseURL: String, prefix: String, environment: [String: String], token: String, process: Process,
        logURL: URL
    ) {
        self.port = port
        self.databaseURL = databaseURL
        self.prefix = prefix
        self.environment = environment
        self.token = token
        self.process = process
        self.pid = process.processIdentifier
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
        let name = "it_\(UInt32.random(in: 1 ... .max))"
        let base = try variable("TEST_DATABASE_URL")
        try Tool.run("psql", ["-qX", base, "-c", "create database \(name)"])
        let url = base.replacingOccurrences(of: "/postgres?", with: "/\(name)?")
        var environment = [
            "PATH": "/usr/bin:/bin", "DATABASE_URL": url, "REDIS_URL": try variable("TEST_REDIS_URL"),
            "REDIS_KEY_PREFIX": "\(name):",
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
        try Tool.timetracker(["migrate"], environment)
        var token = ""
        if isSetUp {
            try Tool.timetracker(["setup", "--admin-username", "admin", "--admin-password", password], environment)
            token = try Tool.timetracker(
                ["token", "create", "--user", "admin", "--name", "tests", "--scopes", "admin:all"], environment)
        }
        let logURL = URL(fileURLWithPath: try variable("TEST_DIRECTORY") + "/\(name).log")
        _ = FileManager.default.createFile(atPath: logURL.path, contents: nil)
        let process = Process()
        process.executableURL = executable
        process.arguments = ["serve"] + arguments
        process.environment = environment
        process.standardError = try FileHandle(forWritingTo: logURL)
        try process.run()
        let port = try await waitForPort(logURL, process)
        let server = TestServer(
            port: port, databaseURL: url, prefix: name, environment: environment, token: token, process: process,
            logURL: logURL)
        return server
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
        if process.isRunning { process.terminate() }
        await wait(for: 20) { !self.process.isRunning }
        if process.isRunning { kill(pid, SIGKILL) }
    }

    var exitStatus: Int32? { process.isRunning ? nil : process.terminationStatus }

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

    /// One row of one column, as text.
    @discardableResult
    func sql(_ text: String) throws -> String {
        try Tool.run("psql", ["-qXAt", databaseURL, "-c", text])
    }

    @discardableResult
    func cli(_ arguments: String...) throws -> String { try Tool.timetracker(arguments, environment) }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            throw Failure(description: "\(name) is not set; run the tests with Tests/run")
        }
        return value
    }

    private static func waitForPort(_ log: URL, _ process: Process) async throws -> Int {
        var port: Int?
        await wait(for: 30) {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            if let range = text.range(of: #""message":"serving","addresses":"http://127.0.0.1:"#) {
                port = Int(text[range.upperBound...].prefix { $0.isNumber })
            }
            return port != nil || !process.isRunning
        }
        guard let port else {
            throw Failure(
                description: "the server did not start: \((try? String(contentsOf: log, encoding: .utf8)) ?? "")")
        }
        return port
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

/// Programs that tests run.
enum Tool {
    /// The server's program, built beside the tests.
    static let executable: URL = {
        var directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appendingPathComponent("timetracker")
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isDirectory), !isDirectory.boolValue
            {
                return candidate
            }
            directory.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: ".build-test/release/timetracker")
    }()

    /// - Returns: standard output without its last line end.
    @discardableResult
    static func timetracker(_ arguments: [String], _ environment: [String: String]) throws -> String {
        try run(executable.path, arguments, environment)
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String], _ environment: [String: String]? = nil) throws -> String {
        let process = Process()
        let isPath = program.hasPrefix("/")
        process.executableURL = URL(fileURLWithPath: isPath ? program : "/usr/bin/env")
        process.arguments = isPath ? arguments : [program] + arguments
        if let environment { process.environment = environment }
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problems = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestServer.Failure(
                description: "\(program) \(arguments.first ?? ""): status \(process.terminationStatus): \(problems)")
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
