import Glibc
import Testing

@testable import Supervisor

@Suite struct StatusReportTests {
    private func worker(_ state: String = "ready", database: Bool = true, redis: Bool = true) -> StatusReport.Worker {
        StatusReport.Worker(
            slot: 0, pid: 1, state: state, uptime: 1, connections: 0, requests: 0, residentBytes: 0, heartbeatAge: 0,
            database: database, redis: redis)
    }

    private func judge(
        _ workers: [StatusReport.Worker], wanted: Int, down: [String] = [], isStopping: Bool = false
    ) -> String {
        let services = down.map { StatusReport.Service(name: $0, pid: 0, isUp: false) }
        let (state, reasons) = StatusReport.judge(workers, wanted: wanted, services: services, isStopping: isStopping)
        return ([state.rawValue] + reasons).joined(separator: " ")
    }

    @Test func degradedStatesAreToldApart() {
        #expect(judge([worker(), worker()], wanted: 2) == "ready")
        #expect(judge([worker(), worker("draining")], wanted: 1) == "ready")
        #expect(judge([worker()], wanted: 2) == "degraded workers")
        #expect(judge([worker(), worker(redis: false)], wanted: 2) == "degraded redis")
        #expect(judge([worker(), worker(database: false)], wanted: 2) == "degraded database")
        #expect(judge([worker()], wanted: 1, down: ["jobs"]) == "degraded jobs")
        #expect(judge([worker(redis: false)], wanted: 2) == "degraded redis workers")
        #expect(judge([worker(database: false)], wanted: 1) == "unavailable database")
        #expect(judge([worker("starting")], wanted: 1) == "unavailable no_worker")
        #expect(judge([], wanted: 1) == "unavailable no_worker")
        #expect(judge([worker()], wanted: 1, isStopping: true) == "draining stopping")
    }
}

@Suite struct AdminServerTests {
    @Test func requestsAreRead() {
        let request = AdminRequest("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nACCEPT:  text/plain\r\n")
        #expect(request?.method == "GET" && request?.path == "/metrics" && request?.accept == "text/plain")
        for bad in ["", "GET", "GET / FTP/1", "GET x HTTP/1.1", "\u{16}\u{3}"] {
            #expect(AdminRequest(bad) == nil)
        }
    }

    private final class Client {
        let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = try #require(UnixAddress(path))
            try #require(address.withPointer { connect(descriptor, $0, $1) } == 0)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }

        func send(_ text: String) { _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }

        /// What has come; nil once the other side has closed and nothing is left.
        func receive() -> String? {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return count == 0 ? nil : String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        deinit { close(descriptor) }
    }

    /// A client that sends nothing, one that sends half, and more of them than are let in, keep nobody from an answer for
    /// longer than their time.
    @Test func nobodyIsWaitedFor() throws {
        let path = "/tmp/tt-admin-\(UInt32.random(in: 1 ... .max)).sock"
        let server = try AdminServer(.unix(path: path))
        defer { server.close() }
        func tend(_ now: Double) { server.tend(now) { AdminReply(200, "you asked for \($0.path)") } }
        let idle = try (0..<20).map { _ in try Client(path) }
        idle[0].send("GET /li")
        tend(100)
        #expect(server.deadline == 105)
        let late = try Client(path)
        late.send("GET /late HTTP/1.1\r\n\r\n")
        tend(101)
        #expect(late.receive() == "")
        idle[0].send("ve HTTP/1.1\r\n\r\n")
        tend(102)
        #expect(idle[0].receive()?.contains("you asked for /live") == true)
        #expect(idle[0].receive() == nil)
        // The time of those that sent nothing is over; the others come in.
        tend(105.5)
        tend(105.6)
        #expect(idle[1].receive() == nil)
        #expect(late.receive()?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
    }

    @Test func whatIsNoRequestIsRefused() throws {
        let path = "/tmp/tt-admin-\(UInt32.random(in: 1 ... .max)).sock"
        let server = try AdminServer(.unix(path: path))
        defer { server.close() }
        for (text, status) in [
            ("POST /live HTTP/1.1\r\n\r\n", "405"), ("nonsense\r\n\r\n", "400"),
            (String(repeating: "x", count: 5000), "431"), ("GET / HTTP/1.0\n\n", "200"),
        ] {
            let client = try Client(path)
            client.send(text)
            for _ in 0..<4 { server.tend(1) { _ in AdminReply(200, "ok") } }
            #expect(client.receive()?.hasPrefix("HTTP/1.1 \(status) ") == true, "\(text.prefix(20))")
        }
        let client = try Client(path)
        client.send("HEAD / HTTP/1.1\r\n\r\n")
        for _ in 0..<2 { server.tend(1) { _ in AdminReply(200, "body") } }
        #expect(client.receive()?.hasSuffix("\r\n\r\n") == true)
    }
}
