import HTTPTypes
import NIOCore

/// One request on its way through the server, and what has been learned about it so far.
///
/// `@unchecked Sendable`: an exchange belongs to one task at a time; the connection touches it again only after that
/// task has handed the response back on the event loop.
public final class Exchange: @unchecked Sendable {
    /// The client's `X-Request-ID` if it is usable, else generated.
    public let requestID: String
    public let method: HTTPRequest.Method
    /// Path without the query, as sent (still percent-encoded).
    public let path: String
    /// Query without the `?`, as sent.
    public let rawQuery: String
    /// Whether the path is one of the API's, whose replies may be read from other sites.
    let isAPIv1: Bool
    let headers: RequestHeaders
    /// Taken apart when the first one is asked for.
    private(set) lazy var cookies = Cookies(headers)
    /// The body, once it has been received; nil when there is none.
    public private(set) var body: ByteBuffer?
    /// The body on its way in; set before the request's task starts.
    var incoming: RequestBody?
    let origin: ClientOrigin
    /// Monotonic nanoseconds.
    let startedAt: UInt64

    /// Path template of the matched route; nil when none matched.
    public internal(set) var routePath: String?
    /// Its index among the routes.
    var routeIndex: Int?
    /// Segments that stand where its path has parameters, in order.
    var pathParameters: [Substring] = []
    /// What the log knows it by; nil for what is no request.
    var trace: RequestTrace?
    /// The token that the request was admitted by, for the log; 0 = a browser's session.
    var tokenID: Int64?
    /// What those above keep with the request.
    var note: (any Sendable)?
    /// Complete header lines (`name: value\r\n`) that the pipeline adds to the reply.
    var headerLines: [UInt8] = []

    init(
        requestID: String, method: HTTPRequest.Method, path: String, rawQuery: String, headers: RequestHeaders,
        origin: ClientOrigin, startedAt: UInt64
    ) {
        self.requestID = requestID
        self.method = method
        self.path = path
        isAPIv1 = RequestTarget.begins(path, with: "/api/v1")
        self.rawQuery = rawQuery
        self.headers = headers
        self.origin = origin
        self.startedAt = startedAt
    }

    /// Takes the whole body in.
    ///
    /// - Parameter limit: bytes.
    /// - Throws: see ``RequestBody/collect(limit:)``.
    func receiveBody(limit: Int) async throws {
        guard body == nil, let incoming else { return }
        body = try await incoming.collect(limit: limit)
    }

    /// The request is answered: nobody asks for the body any more.
    func releaseBody() {
        body = nil
        incoming?.release()
        incoming = nil
    }

    /// Adds a header line to the reply; `value` must hold no line break.
    func addHeader(_ name: StaticString, _ value: String) {
        name.withUTF8Buffer { headerLines.append(contentsOf: $0) }
        headerLines.append(contentsOf: ": ".utf8)
        headerLines.append(contentsOf: value.utf8)
        headerLines.append(contentsOf: "\r\n".utf8)
    }

    /// Address of the client after trusted proxy hops (behaviour.md §1.6).
    public var clientAddress: String { origin.address }
    /// Whether the client's own hop was https, as told by a trusted proxy.
    public var isSecure: Bool { origin.isSecure }

    var isRead: Bool { method == .get || method == .head }

}
