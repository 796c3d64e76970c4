import Dispatch
import Foundation

/// Requests as a client of the API makes them.
extension TestServer {
    /// One request on a connection of its own, away from the cooperative pool.
    func request(
        _ method: String, _ path: String, _ json: String? = nil, token: String? = nil, headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        let token = token ?? self.token
        if !token.isEmpty { head += "Authorization: Bearer \(token)\r\n" }
        if let json { head += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return try await exchange(head + "\r\n" + (json ?? ""), isHead: method == "HEAD")
    }

    func get(_ path: String, token: String? = nil) async throws -> HTTPReply {
        try await request("GET", path, token: token)
    }

    func post(_ path: String, _ json: String, token: String? = nil, headers: [String: String] = [:]) async throws
        -> HTTPReply
    {
        try await request("POST", path, json, token: token, headers: headers)
    }

    func put(_ path: String, _ json: String, token: String? = nil) async throws -> HTTPReply {
        try await request("PUT", path, json, token: token)
    }

    func delete(_ path: String, token: String? = nil) async throws -> HTTPReply {
        try await request("DELETE", path, token: token)
    }

    /// Raw bytes on a new connection, one response back.
    func exchange(_ text: String, isHead: Bool = false) async throws -> HTTPReply {
        try await blocking {
            let connection = try HTTPConnectionClient(port: self.port)
            try connection.send(text)
            return try connection.receive(head: isHead)
        }
    }

    func connect() throws -> HTTPConnectionClient { try HTTPConnectionClient(port: port) }

    /// Makes a client and a project; returns the project's id.
    func makeProject(_ name: String = "P\(UInt32.random(in: 1 ... .max))", _ more: String = "") async throws -> Int {
        let client = try await post("/api/v1/clients", #"{"name":"C \#(name)"}"#).json["client"]["id"].int ?? 0
        return try await post("/api/v1/projects", #"{"name":"\#(name)","client_id":\#(client)\#(more)}"#).json[
            "project"]["id"].int ?? 0
    }

    /// Makes a user with a token.
    func makeUser(_ name: String, role: String = "user", scopes: String = "read:*,write:*") throws -> String {
        try cli("user", "create", name, "--password", Self.password, "--role", role)
        return try cli("token", "create", "--user", name, "--name", "t", "--scopes", scopes)
    }
}

/// Runs blocking work on a thread of its own: tasks share Dispatch's threads, which are as many as there are cores, and load
/// that always has something to do would leave none.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// Runs `count` copies of `body` at once and returns their results.
func parallel<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value) async throws
    -> [Value]
{
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        var values: [Value] = []
        for try await value in group { values.append(value) }
        return values
    }
}
