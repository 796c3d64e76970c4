import CKernel
import Glibc

/// Answers operators and their machines: a few connections at a time, one small request each, within seconds. It never waits
/// for anybody; the supervisor's loop calls ``tend()``.
final class AdminServer {
    private static let maxConnections = 16
    private static let maxHead = 4096
    /// Seconds for a request to come and its answer to be read.
    private static let patience = 5.0

    private struct Client {
        let descriptor: Int32
        let deadline: Double
        var head: [UInt8] = []
        /// What is still to be sent; nil while the request is coming.
        var output: ArraySlice<UInt8>?
    }

    let descriptor: Int32
    let name: String
    /// To be removed at the end; nil for TCP.
    let socketPath: String?
    private var clients: [Client] = []

    init(_ address: SupervisorConfiguration.Address) throws(SupervisorError) {
        // Closing gives the socket to nobody else: workers don't get this one.
        let listener = try Listener([address], backlog: 64, inherits: false)
        descriptor = listener.descriptors[0]
        name = listener.names[0]
        socketPath = listener.socketPaths.first
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// That of the supervisor which this process was.
    init(descriptor: Int32, name: String, socketPath: String?) {
        (self.descriptor, self.name, self.socketPath) = (descriptor, name, socketPath)
    }

    func close() {
        for client in clients { Glibc.close(client.descriptor) }
        clients = []
        Glibc.close(descriptor)
        if let socketPath { unlink(socketPath) }
    }

    var interests: [pollfd] {
        var all = clients.map { client in
            pollfd(fd: client.descriptor, events: Int16(client.output == nil ? POLLIN : POLLOUT), revents: 0)
        }
        // Others wait in the kernel's queue.
        if clients.count < Self.maxConnections {
            all.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        return all
    }

    var deadline: Double? { clients.map(\.deadline).min() }

    /// Takes what has come, answers, sends what can be sent.
    func tend(_ now: Double, _ respond: (AdminRequest) -> AdminReply) {
        accept(now)
        clients = clients.compactMap { client in
            var client = client
            guard client.deadline > now, advance(&client, respond) else {
                Glibc.close(client.descriptor)
                return nil
            }
            return client
        }
    }

    private func accept(_ now: Double) {
        while clients.count < Self.maxConnections {
            var peer = kernel_peer()
            let connection = kernel_accept(descriptor, &peer)
            guard connection >= 0 else { return }
            clients.append(Client(descriptor: Listener.raise(connection), deadline: now + Self.patience))
        }
    }

    /// - Returns: false when the connection has come to its end.
    private func advance(_ client: inout Client, _ respond: (AdminRequest) -> AdminReply) -> Bool {
        if client.output == nil {
            guard let count = receive(&client) else { return false }
            if count > 0, let reply = Self.reply(to: client.head, respond) { client.output = reply[...] }
        }
        guard let output = client.output else { return true }
        let count = output.withUnsafeBytes { kernel_send(client.descriptor, $0.baseAddress, UInt64($0.count)) }
        guard count >= 0 else { return errno == EAGAIN }
        client.output = output.dropFirst(Int(count))
        return client.output?.isEmpty == false
    }

    /// - Returns: how many bytes have come; nil when the connection has come to its end.
    private func receive(_ client: inout Client) -> Int? {
        var chunk = [UInt8](repeating: 0, count: Self.maxHead)
        let count = read(client.descriptor, &chunk, chunk.count)
        guard count != 0 else { return nil }
        guard count > 0 else { return errno == EAGAIN || errno == EINTR ? 0 : nil }
        client.head += chunk[..<count]
        return count
    }

    /// - Returns: nil while the head isn't complete.
    private static func reply(to head: [UInt8], _ respond: (AdminRequest) -> AdminReply) -> [UInt8]? {
        guard head.count <= maxHead else { return AdminReply(431, "the request is too long").bytes }
        guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) ?? head.firstRange(of: Array("\n\n".utf8)) else {
            return nil
        }
        // What isn't ASCII is nothing that this answers, and dear to take apart as text.
        guard head[..<end.lowerBound].allSatisfy({ $0 < 0x80 }),
            let request = AdminRequest(String(decoding: head[..<end.lowerBound], as: UTF8.self))
        else {
            return AdminReply(400, "this is no HTTP request").bytes
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            return AdminReply(405, "only GET and HEAD", headers: ["Allow: GET, HEAD"]).bytes
        }
        let reply = respond(request)
        return request.method == "HEAD" ? reply.head : reply.bytes
    }
}

/// What is asked of the admin address.
struct AdminRequest: Equatable {
    let method: String
    /// Without the query.
    let path: String
    /// The `Accept` field.
    let accept: String?

    /// - Parameter head: request line and header lines.
    init?(_ head: String) {
        let lines = head.split { $0 == "\r\n" || $0 == "\n" }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else { return nil }
        method = String(words[0])
        path = String(words[1].prefix { $0 != "?" })
        accept = lines.dropFirst().first { $0.lowercased().hasPrefix("accept:") }.map {
            String($0.dropFirst(7).drop { $0 == " " })
        }
    }
}

/// What the admin address answers; the connection ends with it.
struct AdminReply {
    let status: Int
    let type: String
    let body: [UInt8]
    private let headers: [String]

    init(_ status: Int, type: String, _ body: [UInt8], headers: [String] = []) {
        (self.status, self.type, self.body, self.headers) = (status, type, body, headers)
    }

    init(_ status: Int, _ text: String, headers: [String] = []) {
        self.init(status, type: "text/plain; charset=utf-8", Array((text + "\n").utf8), headers: headers)
    }

    var head: [UInt8] {
        let lines =
            [
                "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Error")", "Content-Type: \(type)",
                "Content-Length: \(body.count)", "Cache-Control: no-store", "Connection: close",
            ] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    var bytes: [UInt8] { head + body }

    private static let reasons = [
        200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
        431: "Request Header Fields Too Large", 503: "Service Unavailable",
    ]
}
