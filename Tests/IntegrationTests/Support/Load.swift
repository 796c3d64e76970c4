import Foundation
import Synchronization

/// Steady load on kept-alive connections, and what became of it.
final class Load: Sendable {
    private struct Counts {
        var statuses: [Int: Int] = [:]
        var cut = 0
        var lackingRetryAfter = 0
        var isOver = false
    }

    private let server: TestServer
    private let connections: Int
    private let counts = Mutex(Counts())

    init(_ server: TestServer, connections: Int) {
        self.server = server
        self.connections = connections
    }

    var statuses: [Int: Int] { counts.withLock { $0.statuses } }
    var answered: Int { statuses.values.reduce(0, +) }
    var serverErrors: Int { statuses.filter { $0.key >= 500 }.values.reduce(0, +) }
    /// Connections that ended in the middle.
    var cut: Int { counts.withLock { $0.cut } }
    var lackingRetryAfter: Int { counts.withLock { $0.lackingRetryAfter } }

    /// Sends requests while `trouble` happens, and some hundred more.
    func run(_ trouble: @escaping @Sendable () async throws -> Void) async throws {
        async let load = parallel(connections) { _ in try await blocking { self.drive() } }
        let result: Result<Void, any Error>
        do { result = .success(try await trouble()) } catch { result = .failure(error) }
        await progress()
        counts.withLock { $0.isOver = true }
        _ = try await load
        try result.get()
    }

    /// Waits until some hundred more requests have been answered, or a second has shown that they aren't.
    func progress() async {
        let before = answered
        await wait(for: 1) { self.answered > before + 300 }
    }

    private var isOver: Bool { counts.withLock { $0.isOver } }

    private func drive() {
        while !isOver {
            guard let connection = try? server.connect() else { continue }
            do {
                while !isOver {
                    try connection.send(
                        "GET /api/v1/users/me HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\n\r\n")
                    let reply = try connection.receive()
                    counts.withLock { counts in
                        counts.statuses[reply.status, default: 0] += 1
                        if reply.status == 503, reply.header("retry-after") == nil { counts.lackingRetryAfter += 1 }
                    }
                    // A refused connection would otherwise be asked thousands of times a second.
                    if reply.status == 503 { usleep(5000) }
                    // The server says beforehand when it has had enough of a connection.
                    if reply.header("connection") == "close" { break }
                }
            } catch {
                counts.withLock { $0.cut += 1 }
            }
        }
    }
}
