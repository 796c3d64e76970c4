import Dispatch
import Foundation
import Glibc
import Synchronization

/// An HTTP server that answers as GitHub's releases API, or fails.
final class FakeGitHub: Sendable {
    private struct State {
        var status = 200
        var body = ""
        var requests: [String] = []
        var delay: UInt32 = 0
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    var url: String { "http://127.0.0.1:\(port)" }
    /// Heads of the requests so far.
    var requests: [String] { state.withLock { $0.requests } }

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw TestServer.Failure(description: "the fake GitHub can't listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                DispatchQueue.global().async { self.serve(connection) }
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// - Parameter delay: microseconds before each answer.
    func answer(_ status: Int, _ body: String, delay: UInt32 = 0) {
        state.withLock { state in
            state.status = status
            state.body = body
            state.delay = delay
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var head = ""
        var chunk = [UInt8](repeating: 0, count: 8192)
        while !head.contains("\r\n\r\n") {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            head += String(decoding: chunk[..<count], as: UTF8.self)
        }
        let (status, body, delay) = state.withLock { state in
            state.requests.append(head)
            return (state.status, state.body, state.delay)
        }
        usleep(delay)
        let reply = Array(
            "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)".utf8)
        _ = reply.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}
