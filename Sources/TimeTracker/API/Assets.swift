import FoundationEssentials
import HTTPTypes
import NIOCore
import Synchronization

/// Third-party files that are served as they are; a package manager brings them at build time (`deploy/fetch-assets`).
///
/// Each is read and hashed once: a script of 1.4 MB would hold the event loop for several milliseconds every time.
public final class Assets: Sendable {
    static let swaggerFiles: [(name: String, type: StaticString)] = [
        ("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ]

    private let directory: String
    private let replies = Mutex<[String: Reply]>([:])

    /// - Parameter directory: holds `swagger-ui/` and `chart.js/`; empty = `assets` beside the program.
    init(directory: String) {
        guard directory.isEmpty else {
            self.directory = directory
            return
        }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        self.directory = program.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/assets"
    }

    var hasSwaggerUI: Bool {
        Self.swaggerFiles.allSatisfy { FileManager.default.isReadableFile(atPath: path("swagger-ui/\($0.name)")) }
    }

    /// Nil when it is not installed.
    func swaggerFile(_ name: String, type: StaticString) -> Reply? { file("swagger-ui/\(name)", type: type) }

    /// - Parameter name: path below the directory; one of ours, never a client's.
    /// - Returns: nil when it is not installed.
    func file(_ name: String, type: StaticString) -> Reply? {
        if let reply = replies.withLock({ $0[name] }) { return reply }
        guard let content = FileManager.default.contents(atPath: path(name)) else { return nil }
        let reply = Reply.file(ByteBuffer(bytes: content), type: type)
        replies.withLock { $0[name] = reply }
        return reply
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }
}

extension Reply {
    /// An HTML page.
    static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Reply {
        var reply = Reply(status: status, body: ByteBuffer(string: html))
        reply.contentType = "text/html; charset=utf-8"
        return reply
    }

    /// A file that browsers may keep for a day and check again by its validator.
    static func file(_ content: ByteBuffer, type: StaticString) -> Reply {
        var reply = Reply(status: .ok, body: content).tagged(ETag.of(content))
        reply.contentType = type
        reply.headers.append(("cache-control", "public, max-age=86400"))
        return reply
    }
}
