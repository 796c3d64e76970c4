import Foundation
import Glibc

/// A server on a data directory, as a stranger starts it.
final class EmbeddedInstallation {
    let directory: String
    let output: URL
    let process = Process()

    /// - Parameter settings: variables besides.
    init(_ directory: String, _ settings: [String: String] = [:]) throws {
        self.directory = directory
        output = URL(fileURLWithPath: directory + ".out")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.executableURL = Tool.executable
        process.arguments = ["serve", "--data-dir", directory, "--bind", "127.0.0.1:0"]
        process.environment = Self.environment.merging(settings) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: output)
        try process.run()
    }

    static var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin:/usr/sbin",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "", "WORKERS": "1",
        ]
    }

    var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    func port() async -> Int? {
        await wait(for: 60) { self.text.contains("\"serving\"") || !self.process.isRunning }
        guard let range = text.range(of: #""serving","addresses":"http://127.0.0.1:"#) else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }

    var token: String { text.firstMatch(of: /tt_[A-Za-z0-9]{32}/).map { String($0.output) } ?? "" }

    /// Stops it in order.
    func stop() async -> Bool {
        process.terminate()
        return await wait(for: 60) { !process.isRunning }
    }

    /// - Parameter body: nil = GET, else POST.
    static func ask(_ port: Int, _ path: String, _ token: String, _ body: String? = nil) async throws -> HTTPReply {
        try await blocking {
            let connection = try HTTPConnectionClient(port: port)
            let method = body == nil ? "GET" : "POST"
            try connection.send(
                "\(method) \(path) HTTP/1.1\r\nHost: t\r\nX-API-Key: \(token)\r\nContent-Type: application/json\r\nContent-Length: \(body?.utf8.count ?? 0)\r\n\r\n\(body ?? "")"
            )
            return try connection.receive()
        }
    }
}
