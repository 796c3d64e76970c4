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
    private let proxies: TrustedProxies
    private let responder: Responder
    private let accessLog: AccessLog?

    init(
        eventLoop: any EventLoop, limits: HTTPLimits, proxies: TrustedProxies, responder: Responder,
        accessLog: AccessLog?, slot: SlotLine?, watch: LoopWatch
    ) {
        self.limits = limits
        self.executor = EventLoopTaskExecutor(eventLoop: eventLoop, watch: watch)
        self.registry = ConnectionRegistry(
            eventLoop: eventLoop, maxPerAddress: limits.maxConnectionsPerAddress)
        self.budget = BodyBudget(perWorker: limits.maxBodyBytesPerWorker, perClient: limits.maxBodyBytesPerClient)
        self.proxies = proxies
        self.responder = responder
        self.accessLog = accessLog
        self.slot = slot
    }

    /// - Parameter peer: address of the connection's far end.
    func standing(of peer: String) -> PeerStanding { proxies.standing(of: peer) }

    func makeExchange(head: HTTPRequestHead, startedAt: UInt64, peer: String, standing: PeerStanding) -> Exchange {
        let (path, query) = RequestTarget.split(head.uri)
        let headers = RequestHeaders(head.headers)
        let proposedID = proxies.believes(standing) ? headers.first(name: "x-request-id") : nil
        return Exchange(
            requestID: RequestID.accept(proposedID), method: HTTPRequest.Method(rawValue: head.method.rawValue) ?? .get,
            path: path, rawQuery: query, headers: headers,
            origin: proxies.origin(peer: peer, standing, head.headers), startedAt: startedAt)
    }

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
    /// Whether two slashes stand side by side. One slash at the end is none of that.
    static func hasEmptySegment(_ path: String) -> Bool {
        var isAfterSlash = false
        for byte in path.utf8 {
            let isSlash = byte == UInt8(ascii: "/")
            if isSlash, isAfterSlash { return true }
            isAfterSlash = isSlash
        }
        return false
    }

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
