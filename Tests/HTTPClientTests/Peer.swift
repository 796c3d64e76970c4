import Foundation
import Glibc
import Synchronization

/// A server on a port of its own of 127.0.0.1 that answers every connection's request with the same bytes and closes.
final class Peer: Sendable {
    let port: Int
    private let listener: Int32
    private let seen = Mutex<[String]>([])
    private let arrived = AsyncStream<Void>.makeStream()

    /// Requests so far, head and body.
    var requests: [String] { seen.withLock { $0 } }

    /// Waits for that many more requests.
    func arrivals(_ count: Int) async {
        var arrivals = arrived.stream.makeAsyncIterator()
        for _ in 0..<count { await arrivals.next() }
    }

    /// - Parameter answer: nil = say nothing and keep the connection until the client closes it.
    init(_ answer: String?) throws {
        let (listener, port) = try Self.listen()
        self.listener = listener
        self.port = port
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                Thread.detachNewThread { self.serve(connection, answer) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    /// A port on which nobody listens, for others to take.
    static func freePort() throws -> Int {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func serve(_ connection: Int32, _ answer: String?) {
        defer { close(connection) }
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !Self.isWhole(text) {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            text += String(decoding: chunk[..<count], as: UTF8.self)
        }
        seen.withLock { $0.append(text) }
        arrived.continuation.yield()
        let bytes = Array((answer ?? "").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
        if answer == nil { _ = recv(connection, &chunk, 1, 0) }
    }

    private static func isWhole(_ text: String) -> Bool {
        // A TLS handshake: it is answered in plain text.
        if text.utf8.first == 0x16 { return true }
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text.lowercased().range(of: "content-length: ").flatMap { range in
            Int(text.lowercased()[range.upperBound...].prefix { $0.isNumber })
        }
        return text[end.upperBound...].utf8.count >= length ?? 0
    }
}

/// A TLS server with a certificate of its own for one host name: `openssl s_server`.
final class TLSPeer {
    let port: Int
    /// PEM file that trusts it.
    let certificate: String
    private let directory: URL
    private let server = Process()

    init(host: String) async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tt-tls-\(UInt32.random(in: 1 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appendingPathComponent("cert.pem").path
        let key = directory.appendingPathComponent("key.pem").path
        port = try Peer.freePort()
        let make = Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)", "-keyout", key, "-out", certificate,
        ])
        try make.run()
        make.waitUntilExit()
        let output = Pipe()
        server.executableURL = make.executableURL
        server.arguments = ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-www"]
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        var said = Data()
        while said.range(of: Data("ACCEPT".utf8)) == nil {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            said += more
        }
    }

    deinit {
        server.terminate()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func openssl(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
