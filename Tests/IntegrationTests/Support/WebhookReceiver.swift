import Dispatch
import Foundation
import Glibc
import Synchronization

/// An HTTP server on a port of its own that receives webhooks and answers as a test wants.
final class WebhookReceiver: Sendable {
    /// A request as it came.
    struct Received: Sendable {
        let method: String
        let path: String
        /// Names in lower case.
        let headers: [(name: String, value: String)]
        let body: String
        let at: ContinuousClock.Instant

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        func all(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
        var eventID: String { header("x-webhook-delivery") ?? "" }
        var json: JSON { JSON.parse(Array(body.utf8)) }
    }

    enum Answer: Sendable {
        case status(Int, headers: [String: String] = [:], body: String = "ok")
        /// Says nothing and keeps the connection.
        case stall
    }

    let port: Int
    private let descriptor: Int32
    private let answer: @Sendable (Received) -> Answer
    private let requests = Mutex<[Received]>([])
    private let queue = DispatchQueue(label: "tests.receiver", attributes: .concurrent)

    /// - Parameter answer: called for each request, after it has been noted.
    init(_ answer: @escaping @Sendable (Received) -> Answer = { _ in .status(200) }) throws {
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 128) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw TestServer.Failure(description: "the receiver can't listen") }
        descriptor = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                self.queue.async { self.serve(connection) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var url: String { "http://127.0.0.1:\(port)/hook" }
    var received: [Received] { requests.withLock { $0 } }

    /// Waits until at least `count` requests have come.
    @discardableResult
    func wait(for count: Int, seconds: Double = 15) async -> [Received] {
        await IntegrationTests.wait(for: seconds) { self.received.count >= count }
        return received
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var buffer: [UInt8] = []
        while let request = read(connection, &buffer) {
            requests.withLock { $0.append(request) }
            switch answer(request) {
            case .status(let code, let headers, let body):
                var text = "HTTP/1.1 \(code) Answer\r\nContent-Length: \(body.utf8.count)\r\n"
                for (name, value) in headers { text += "\(name): \(value)\r\n" }
                let bytes = Array((text + "\r\n" + body).utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            case .stall:
                // Until the sender gives up and closes.
                var byte: UInt8 = 0
                _ = recv(connection, &byte, 1, 0)
                return
            }
        }
    }

    private func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Received? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let start = lines[0].split(separator: " ").map(String.init)
                let headers = lines.dropFirst().map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
                }
                let length = headers.first { $0.0 == "content-length" }.flatMap { Int($0.1) } ?? 0
                while buffer.count < end.upperBound + length { guard fill(connection, &buffer) else { return nil } }
                let body = String(decoding: buffer[end.upperBound..<end.upperBound + length], as: UTF8.self)
                buffer.removeSubrange(..<(end.upperBound + length))
                return Received(method: start[0], path: start[1], headers: headers, body: body, at: .now)
            }
            guard fill(connection, &buffer) else { return nil }
        }
    }

    private func fill(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}
