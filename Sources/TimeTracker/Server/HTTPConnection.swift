import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix

/// One client connection: starts the responder in a task on this event loop as soon as a head is complete, gives it the
/// body when it asks, writes each response in one flush (RFC 9112).
///
/// Pipelined requests are answered one at a time and in order. All state is confined to the event loop, which is why
/// `@unchecked Sendable` holds: the request's task runs on the same loop.
final class HTTPConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or in the middle of a head.
        case idle
        /// The responder runs; a body may still be coming in.
        case responding
        /// The response is larger than the socket takes at once.
        case writing
        /// Answered; the rest of the body is read and forgotten, so that the connection can go on.
        case discarding
        /// Answered without reading all input: output is closed, input is discarded for a moment (RFC 9112 §9.6).
        case lingering
        case closed
    }

    /// Bytes of pipelined requests that are kept while a response is on its way; more wait in the socket.
    private static let maxPending = 64 * 1024
    /// A head beyond this size counts among the bytes that a worker holds.
    private static let plainHead = 8 * 1024

    let service: HTTPService
    var phase = Phase.idle
    /// When the connection is given up; compared by ``ConnectionRegistry`` four times a second.
    var deadline: NIODeadline
    /// When the connection last came to rest.
    var idleSince = NIODeadline.now()
    var context: ChannelHandlerContext?
    var task: Task<Void, Never>?

    /// The socket's far end; a Unix socket counts as this machine.
    private(set) var peer = "127.0.0.1"
    private(set) var peerStanding = PeerStanding.unixSocket
    /// What the connection counts under; nil for those of proxies, which are many clients'.
    private var limitedAddress: String?
    private var framing: RequestFraming?
    var framingGuard: FramingGuard?
    /// The body of the request that is being answered, until its last byte has come.
    var incoming: RequestBody?
    var continues = false
    private var bodyStarted = NIODeadline.now()
    var head: HTTPRequestHead?
    var startedAt: UInt64 = 0
    var keepAlive = true
    var requestsServed = 0
    private(set) var headBytes = 0
    private(set) var reservedForHead = 0

    var pending = PipelinedParts()
    var isProcessingPending = false
    private(set) var isReading = false
    var needsFlush = false
    private var readSuppressed = false
    var inputClosed = false

    init(service: HTTPService) {
        self.service = service
        self.deadline = .now() + .seconds(Int64(service.limits.headerTimeout))
    }

    var limits: HTTPLimits { service.limits }

    func attach(_ framingGuard: FramingGuard) { self.framingGuard = framingGuard }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let address = context.channel.remoteAddress?.ipAddress {
            peer = IPAddress(address)?.description ?? address
            peerStanding = service.standing(of: peer)
        }
        limitedAddress = peerStanding == .stranger ? IPAddress.network(of: peer) : nil
        if !service.registry.add(self, address: limitedAddress) { close() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        framingGuard = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        releaseHead()
        incoming?.resume(throwing: CancellationError())
        task?.cancel()
        service.registry.remove(self, address: limitedAddress)
        context.fireChannelInactive()
    }

    // MARK: Reading

    /// Called by ``FramingGuard`` before bytes of a head are parsed: it has ``HTTPLimits/headerTimeout`` from the first.
    func headBytesArrived(_ count: Int) {
        if headBytes == 0, phase == .idle { deadline = .now() + .seconds(Int64(limits.headerTimeout)) }
        headBytes += count
        guard headBytes > Self.plainHead, reservedForHead == 0 else { return }
        guard service.budget.reserve(limits.maxHeaderBytes, for: peer) else { return refuse(.overloaded) }
        reservedForHead = limits.maxHeaderBytes
    }

    /// Called by ``FramingGuard`` when a head has been parsed: what follows; nil when it was no good.
    func takeFraming() -> RequestFraming? {
        defer { framing = nil }
        return framing
    }

    /// Called by ``FramingGuard`` for a chunked body that can't be taken.
    func bodyIsRefused(_ problem: ChunkScanner.Problem) {
        let error: APIError = problem == .tooLarge ? .payloadTooLarge(limit: limits.maxBodyBytes) : .malformedRequest
        incoming?.resume(throwing: error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let part = unwrapInboundIn(data)
        switch part {
        case .head(let head):
            framing = RequestHeadCheck.framing(head)
            headBytes = 0
            releaseHead()
        case .body, .end: break
        }
        switch phase {
        case .responding, .writing, .discarding:
            if incoming != nil, pending.isEmpty { receive(part) } else { pending.append(part) }
        case .idle: receive(part)
        case .lingering, .closed: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    /// Back-pressure: what nobody takes off our hands stays in the socket.
    func read(context: ChannelHandlerContext) {
        if isFull {
            readSuppressed = true
        } else {
            context.read()
        }
    }

    var isWaitingForBody: Bool { phase == .responding && incoming?.isAwaited == true }

    private var isFull: Bool {
        if pending.size > Self.maxPending { return true }
        guard phase == .responding, let incoming, !incoming.isAwaited else { return false }
        return incoming.received >= RequestBody.maxUnasked
    }

    func readOn() {
        guard readSuppressed, !isFull, phase != .closed else { return }
        readSuppressed = false
        context?.read()
    }

    func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes):
            guard let incoming else { return }
            if phase == .responding {
                incoming.append(bytes)
                if incoming.isAwaited { deadline = bodyDeadline(incoming.received) }
            }
        case .end: endOfRequest()
        }
    }

    func bodyDeadline(_ received: Int) -> NIODeadline {
        bodyStarted + .seconds(Int64(limits.bodyTimeout + received / limits.minBodyRate))
    }

    private func begin(_ head: HTTPRequestHead) {
        self.head = head
        startedAt = WallClock.monotonic()
        keepAlive = ConnectionPersistence.survives(head) && requestsServed + 1 < limits.maxRequestsPerConnection
        if let problem = RequestHeadCheck.problem(head) { return refuse(problem) }
        let framing = RequestHeadCheck.framing(head)
        // Without a body the end comes at once, and with it the request.
        guard framing != .length(0) else { return }
        continues = ConnectionPersistence.expectsContinue(head)
        bodyStarted = .now()
        dispatch(framing)
    }

    /// The last byte of a request has come.
    private func endOfRequest() {
        if let incoming {
            self.incoming = nil
            incoming.finish()
            switch phase {
            case .responding: deadline = .distantFuture
            case .discarding: prepareForNext()
            case .idle, .writing, .lingering, .closed: break
            }
        } else if phase == .idle, head != nil {
            dispatch(nil)
        }
    }

    private func dispatch(_ framing: RequestFraming?) {
        guard phase == .idle, let head else { return }
        self.head = nil
        phase = .responding
        deadline = .distantFuture
        let exchange = service.makeExchange(head: head, startedAt: startedAt, peer: peer, standing: peerStanding)
        incoming = framing.map { framing in
            RequestBody(framing: framing, client: exchange.clientAddress, budget: service.budget) { [weak self] in
                self?.bodyIsWanted()
            }
        }
        exchange.incoming = incoming
        service.executor.watch.run {
            task = Task.immediate(executorPreference: service.executor) {
                let reply = await service.respond(to: exchange)
                complete(exchange, reply)
            }
        }
    }

    /// Somebody waits for the body: tells the client to send it, and reads on.
    private func bodyIsWanted() {
        guard phase == .responding else { return }
        bodyStarted = .now()
        deadline = bodyDeadline(incoming?.received ?? 0)
        if continues, incoming?.received == 0 { write(ResponseHead.continue) }
        continues = false
        readOn()
    }

    func releaseHead() {
        service.budget.release(reservedForHead, for: peer)
        reservedForHead = 0
    }
}
