import HTTPTypes
import NIOCore
import NIOHTTP1
import Observability

/// What the connections of one event loop share: limits, executor, registry, and the way into the application.
final class HTTPService: Sendable {
    let limits: HTTPLimits
    let executor: EventLoopTaskExecutor
    let registry: ConnectionRegistry
    let slot: SlotLine?
    let budget: BodyBudget
    private let trustedProxyHops: Int
    private let responder: Responder
    private let accessLog: AccessLog?

    init(
        eventLoop: any EventLoop, limits: HTTPLimits, trustedProxyHops: Int, responder: Responder,
        accessLog: AccessLog?, slot: SlotLine?, watch: LoopWatch
    ) {
        self.limits = limits
        self.executor = EventLoopTaskExecutor(eventLoop: eventLoop, watch: watch)
        self.registry = ConnectionRegistry(
            eventLoop: eventLoop, maxPerAddress: limits.maxConnectionsPerAddress)
        self.budget = BodyBudget(perWorker: limits.maxBodyBytesPerWorker, perClient: limits.maxBodyBytesPerClient)
        self.trustedProxyHops = trustedProxyHops
        self.responder = responder
        self.accessLog = accessLog
        self.slot = slot
    }

    func makeExchange(head: HTTPRequestHead, startedAt: UInt64, peer: String) -> Exchange {
        let (path, query) = RequestTarget.split(head.uri)
        let headers = RequestHeaders(head.headers)
        let isProxied = trustedProxyHops > 0
        return Exchange(
            requestID: RequestID.accept(headers.first(name: "x-request-id")),
            method: HTTPRequest.Method(rawValue: head.method.rawValue) ?? .get,
            path: path, rawQuery: query, headers: headers,
            clientAddress: isProxied
                ? TrustedProxy.clientAddress(
                    socket: peer, xForwardedFor: headers["x-forwarded-for"].map(\.unchecked).joined(separator: ","),
                    hops: trustedProxyHops)
                : peer,
            isSecure: isProxied && headers.first(name: "x-forwarded-proto")?.asciiLowercased == "https",
            startedAt: startedAt)
    }

    /// Whether the far end of a connection is one of the operator's own, whose connections are many clients'.
    func isTrustedProxy(_ peer: String) -> Bool { trustedProxyHops > 0 && peer == "127.0.0.1" }

    func respond(to exchange: Exchange) async -> Reply {
        await responder.respond(to: exchange)
    }

    /// Counts and logs a finished exchange.
    func finished(_ exchange: Exchange, _ status: HTTPResponse.Status, bytes: Int) {
        slot?.addRequest()
        accessLog?.write(exchange, status: status.code, bytes: bytes, now: WallClock.monotonic())
    }
}

/// The request target, which is a path and a query, or an absolute URI when a proxy sent it (RFC 9112 §3.2).
enum RequestTarget {
    static func split(_ target: String) -> (path: String, query: String) {
        var target = target[...]
        if target.first != "/" {
            if let scheme = target.firstRange(of: "://") {
                target = target[scheme.upperBound...]
                target = target.firstIndex(of: "/").map { target[$0...] } ?? "/"
            }
        }
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(target), "") }
        return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
    }
}
