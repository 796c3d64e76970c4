import HTTPTypes
import Logging
import Observability
import Reactor

/// What the connections of a worker share: reactor, limits, registry, and the way into the application.
///
/// Confined to the reactor's thread, but for ``init``.
final class HTTPService: @unchecked Sendable {
    let reactor: Reactor
    let limits: HTTPLimits
    let registry: ConnectionRegistry
    let budget: BodyBudget
    let proxies: TrustedProxies
    /// Where every connection reads to; what is not used up at once is copied.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private let slot: SlotLine?
    private let responder: any HTTPResponder
    private let accessLog: AccessLog?
    private let metrics: RouteMetrics?
    private let slow: SlowRequests?
    private var requestIDs = RequestIDs()
    /// Requests that are being answered.
    private(set) var inFlight = 0

    init(
        reactor: Reactor, limits: HTTPLimits, proxies: TrustedProxies, responder: any HTTPResponder,
        accessLog: AccessLog?, metrics: RouteMetrics? = nil, slow: SlowRequests? = nil, slot: SlotLine?
    ) {
        self.reactor = reactor
        self.limits = limits
        self.registry = ConnectionRegistry(reactor: reactor, maxPerAddress: limits.maxConnectionsPerAddress) { count in
            slot?.addConnections(count)
        }
        self.budget = BodyBudget(perWorker: limits.maxBodyBytesPerWorker, perClient: limits.maxBodyBytesPerClient)
        self.proxies = proxies
        self.responder = responder
        self.accessLog = accessLog
        self.metrics = metrics
        self.slow = slow
        self.slot = slot
    }

    deinit { readBuffer.deallocate() }

    /// - Parameter descriptor: an accepted socket.
    func open(_ descriptor: Int32, _ peer: Peer) {
        let connection = HTTPConnection(descriptor: descriptor, peer: peer, service: self)
        guard registry.add(connection) else { return connection.close() }
        connection.start()
    }

    func makeExchange(_ head: RequestHead, _ peer: Peer) -> Exchange {
        let (path, query) = RequestTarget.split(head.target)
        let proposedID = proxies.believes(peer.standing) ? head.headers.first(name: "x-request-id") : nil
        return Exchange(
            requestID: requestIDs.accept(proposedID), method: head.method, path: path, rawQuery: query,
            headers: head.headers, origin: proxies.origin(peer: peer.address, peer.standing, head.headers),
            startedAt: WallClock.monotonic())
    }

    /// The answer, if nothing has to be waited for.
    func answer(_ exchange: Exchange) -> Reply? {
        guard let reply = responder.answer(exchange) else { return nil }
        // Nothing else than its line in the log asks for it.
        if let traceID = exchange.headers.first(name: "traceparent").flatMap(TraceParent.traceID) {
            exchange.trace = RequestTrace(requestID: exchange.requestID, traceID: traceID)
        }
        return reply
    }

    /// In the reactor's own tasks.
    func respond(to exchange: Exchange) async -> Reply {
        inFlight += 1
        defer { inFlight -= 1 }
        let trace = RequestTrace(
            requestID: exchange.requestID,
            traceID: exchange.headers.first(name: "traceparent").flatMap(TraceParent.traceID))
        exchange.trace = trace
        return await RequestTrace.$current.withValue(trace) { await responder.respond(to: exchange) }
    }

    func reply(to refusal: HTTPRefusal) -> Reply { responder.reply(to: refusal) }

    /// Counts and logs a finished exchange.
    func finished(_ exchange: Exchange, _ status: HTTPResponse.Status, bytes: Int) {
        slot?.addRequest()
        let now = WallClock.monotonic()
        let nanoseconds = now &- exchange.startedAt
        metrics?.finished(route: exchange.routeIndex, status: status.code, nanoseconds: nanoseconds)
        accessLog?.write(exchange, status: status.code, bytes: bytes, now: now)
        if let slow, nanoseconds >= slow.threshold { slow.log(exchange, status.code, nanoseconds) }
    }
}

/// Tells where the time of slow requests went.
struct SlowRequests: Sendable {
    /// Nanoseconds.
    let threshold: UInt64
    let logger: Logger

    func log(_ exchange: Exchange, _ status: Int, _ nanoseconds: UInt64) {
        guard let trace = exchange.trace else { return }
        var metadata = trace.parts(of: nanoseconds)
        metadata["request_id"] = "\(trace.requestID)"
        if let traceID = trace.traceID { metadata["trace_id"] = "\(traceID)" }
        metadata["method"] = "\(exchange.method.rawValue)"
        metadata["route"] = "\(exchange.routePath ?? "-")"
        metadata["status"] = "\(status)"
        logger.warning("slow request", metadata: metadata)
    }
}
