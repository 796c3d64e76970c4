import Foundation
import Glibc

/// A plain HTTP/1.1 client over one blocking socket, so that tests control every byte.
///
/// Blocking calls run on a Dispatch queue of their own, never on the cooperative pool.
final class HTTPConnectionClient: @unchecked Sendable {
    // `descriptor` and `buffer` are only touched by one call at a time.
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    struct Closed: Error {}

    init(port: Int) throws {
        // Programs that other tests start at the same time must not keep it open.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw Closed()
        }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Closed() }
            sent += count
        }
    }

    /// Whether the server closes the connection before sending anything more.
    func isClosedByServer() -> Bool {
        buffer.isEmpty && !fill()
    }

    /// Reads one response; interim ones (1xx) are returned like any other.
    func receive(head: Bool = false) throws -> HTTPReply {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                buffer.removeSubrange(..<end.upperBound)
                var reply = HTTPReply(statusLine: lines[0], headerLines: Array(lines.dropFirst()))
                let length = head || reply.status < 200 ? 0 : Int(reply.header("content-length") ?? "0") ?? 0
                while buffer.count < length { guard fill() else { throw Closed() } }
                reply.body = Array(buffer[..<length])
                buffer.removeSubrange(..<length)
                return reply
            }
            guard fill() else { throw Closed() }
        }
    }

    /// Reads one line of a body that goes on, without its end.
    func receiveLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            guard fill() else { throw Closed() }
        }
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}

/// A response as a test sees it.
struct HTTPReply: Sendable {
    let status: Int
    /// Names in lower case, in order.
    let headers: [(name: String, value: String)]
    var body: [UInt8] = []

    init(statusLine: String, headerLines: [String]) {
        status = Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0
        headers = headerLines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON.parse(body) }
}
