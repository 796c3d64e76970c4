import Foundation
import Glibc
import Synchronization

/// A Redis that a test may kill.
final class PrivateRedis: Sendable {
    let socket: String
    private let pid = Mutex<Int32>(0)

    var url: String { "unix://\(socket)" }

    init() throws {
        socket = "/tmp/tt-redis-\(UInt32.random(in: 1 ... .max)).sock"
        try start()
    }

    func start() throws {
        try Tool.daemon(
            "/usr/bin/redis-server --port 0 --unixsocket \(socket) --save '' --pidfile \(socket).pid --daemonize yes")
        for _ in 0..<250 where (try? Tool.run("redis-cli", ["-s", socket, "ping"])) != "PONG" { usleep(20_000) }
        pid.withLock { $0 = Int32((try? Tool.run("cat", ["\(socket).pid"])) ?? "") ?? 0 }
    }

    func kill() {
        let pid = pid.withLock { $0 }
        if pid > 1 { Glibc.kill(pid, SIGKILL) }
    }
}

/// A PostgreSQL that a test may restart.
final class PrivatePostgres: Sendable {
    let directory: String
    private let programs: String
    private let prefix: [String]

    var url: String { "postgresql://postgres@/postgres?host=\(directory)" }

    init() throws {
        directory = "/tmp/tt-pg-\(UInt32.random(in: 1 ... .max))"
        programs = try Tool.run("sh", ["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1"])
        prefix = geteuid() == 0 ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"] : ["env"]
        try Tool.run("mkdir", [directory])
        if geteuid() == 0 { try Tool.run("chown", ["postgres", directory]) }
        try run("initdb", "-D", directory + "/pg", "-U", "postgres", "-A", "trust")
        try start()
    }

    private func run(_ program: String, _ arguments: String...) throws {
        try Tool.daemon((prefix + ["\(programs)/\(program)"] + arguments).map { "'\($0)'" }.joined(separator: " "))
    }

    private func start() throws {
        try run(
            "pg_ctl", "-D", directory + "/pg", "-w", "-o", "-k \(directory) -c listen_addresses= -c fsync=off", "start")
    }

    func restart() throws {
        try run("pg_ctl", "-D", directory + "/pg", "-w", "-m", "fast", "stop")
        usleep(500_000)
        try start()
    }

    func stop() {
        try? run("pg_ctl", "-D", directory + "/pg", "-m", "immediate", "stop")
        _ = try? Tool.run("rm", ["-rf", directory])
    }
}

extension TestServer {
    /// Runs a Redis command for every key that a scan finds.
    func redis(_ scan: String..., forEach command: String) throws {
        let socket = (environment["REDIS_URL"] ?? "").replacingOccurrences(of: "unix://", with: "")
        let keys = try Tool.run("redis-cli", ["-s", socket] + scan).split(separator: "\n").map(String.init)
        for key in keys where key.hasPrefix(prefix) { try Tool.run("redis-cli", ["-s", socket, command, key]) }
    }
}

/// Polls with requests until `condition` holds or the seconds are over.
func waitAsync(for seconds: Double, until condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return false
}

extension Tool {
    /// Runs a command that leaves a process behind, which must not inherit the pipes that a waiting parent reads.
    static func daemon(_ command: String) throws {
        let closing = "for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done"
        try run("bash", ["-c", "\(closing); exec >/dev/null 2>&1 </dev/null; \(command)"])
    }
}
