import Foundation
import Synchronization

/// A browser as far as forms and cookies go: keeps cookies, reads the CSRF token off pages, follows no redirects.
final class Browser: Sendable {
    private let server: TestServer
    private let host: String
    private let standing: [String: String]
    private let jar = Mutex<[String: String]>([:])
    private let token = Mutex("")

    /// - Parameters:
    ///   - host: name by which the browser knows the server.
    ///   - headers: sent with every request, such as those of a proxy in between.
    init(_ server: TestServer, host: String = "localhost", headers: [String: String] = [:]) {
        self.server = server
        self.host = host
        standing = headers
    }

    var cookies: [String: String] { jar.withLock { $0 } }
    /// Of the page seen last.
    var csrfToken: String { token.withLock { $0 } }

    func setCookie(_ name: String, _ value: String?) { jar.withLock { $0[name] = value } }

    func request(
        _ method: String, _ path: String, type: String? = nil, body: String = "", headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        let cookie = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !cookie.isEmpty { head += "Cookie: \(cookie)\r\n" }
        if let type { head += "Content-Type: \(type)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.utf8.count)\r\n" }
        for (name, value) in standing.merging(headers, uniquingKeysWith: { $1 }) { head += "\(name): \(value)\r\n" }
        let reply = try await server.exchange(head + "\r\n" + body)
        for (name, value) in reply.headers where name == "set-cookie" {
            let pair = value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            setCookie(String(pair[0]), value.contains("Max-Age=0") ? nil : String(pair[1]))
        }
        return reply
    }

    func get(_ path: String) async throws -> HTTPReply {
        let reply = try await request("GET", path, headers: ["Accept": "text/html,*/*"])
        if let match = reply.text.firstMatch(of: /<meta name="csrf-token" content="([^"]*)">/) {
            token.withLock { $0 = String(match.1) }
        }
        return reply
    }

    /// Posts a form with the token of the page seen last.
    func post(_ path: String, _ fields: [(String, String)], csrf: String? = nil) async throws -> HTTPReply {
        let all = fields + [("csrf_token", csrf ?? csrfToken)]
        let body = all.map { "\($0.0)=\(Self.encode($0.1))" }.joined(separator: "&")
        return try await request(
            "POST", path, type: "application/x-www-form-urlencoded", body: body, headers: ["Accept": "text/html,*/*"])
    }

    /// A script's request with `X-CSRFToken`.
    func json(_ method: String, _ path: String, _ body: String = "", csrf: String? = nil) async throws -> HTTPReply {
        let isEmpty = body.isEmpty
        return try await request(
            method, path, type: isEmpty ? nil : "application/json", body: body,
            headers: ["X-CSRFToken": csrf ?? csrfToken])
    }

    @discardableResult
    func signIn(_ name: String = "admin", _ password: String = TestServer.password, remember: Bool = false) async throws
        -> HTTPReply
    {
        _ = try await get("/login")
        let reply = try await post(
            "/login", [("username", name), ("password", password)] + (remember ? [("remember", "on")] : []))
        if reply.status == 303 { _ = try await get("/dashboard") }
        return reply
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension HTTPReply {
    func cookie(_ name: String) -> String? {
        headers.first { $0.name == "set-cookie" && $0.value.hasPrefix(name + "=") }?.value
    }
}
