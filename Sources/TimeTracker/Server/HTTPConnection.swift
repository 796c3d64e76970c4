import DequeModule
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix

/// One client connection: collects size-limited requests, runs the responder in one task on this event loop, writes
/// each response in one flush (RFC 9112).
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
        /// Reading a body.
        case body
        /// The responder runs.
        case responding
        /// The response is larger than the socket takes at once.
        case writing
        /// Answered without reading all input: output is closed, input is discarded for a moment (RFC 9112 §9.6).
        case lingering
        case closed
    }

    /// Requests a client may pipeline before its bytes wait in the socket.
    static let maxPendingParts = 64

    let service: HTTPService
    private(set) var phase = Phase.idle
    /// When the connection is given up; compared by ``ConnectionRegistry`` four times a second.
    var deadline: NIODeadline
    private var context: ChannelHandlerContext?
    private var task: Task<Void, Never>?

    /// The socket's far end; a Unix socket counts as this machine.
    private var peer = "127.0.0.1"
    private var peerStanding = PeerStanding.unixSocket
    private var head: HTTPRequestHead?
    private var body: ByteBuffer?
    private var bodyStarted = NIODeadline.now()
    private var startedAt: UInt64 = 0
    private var keepAlive = true
    private var requestsServed = 0
    private var headInProgress = false
    private var headBytes = 0

    private var pending = Deque<HTTPServerRequestPart>()
    private var isProcessingPending = false
    private var isReading = false
    private var needsFlush = false
    private var readSuppressed = false
    private var inputClosed = false

    init(service: HTTPService) {
        self.service = service
        self.deadline = .now() + .seconds(Int64(service.limits.headerTimeout))
    }

    private var limits: HTTPLimits { service.limits }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let address = context.channel.remoteAddress?.ipAddress {
            peer = IPAddress(address)?.description ?? address
            peerStanding = service.standing(of: peer)
        }
        service.registry.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        task?.cancel()
        service.registry.remove(self)
        context.fireChannelInactive()
    }

    // MARK: Reading

    /// Called by ``FirstByteHandler`` before bytes are parsed: a head has ``HTTPLimits/headerTimeout`` from here.
    func bytesArrived(_ count: Int) {
        guard phase == .idle else { return }
        headBytes += count
        guard !headInProgress else { return }
        headInProgress = true
        deadline = .now() + .seconds(Int64(limits.headerTimeout))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let part = unwrapInboundIn(data)
        switch phase {
        case .responding, .writing: pending.append(part)
        case .lingering, .closed: break
        case .idle, .body: receive(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if phase == .idle, headInProgress, headBytes > limits.maxHeaderBytes { refuse(.headerFieldsTooLarge) }
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    /// Back-pressure: while a response is on its way, only so many pipelined parts are kept in memory.
    func read(context: ChannelHandlerContext) {
        if pending.count > Self.maxPendingParts {
            readSuppressed = true
        } else {
            context.read()
        }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): append(bytes)
        case .end: dispatch()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        self.head = head
        body = nil
        headInProgress = false
        headBytes = 0
        startedAt = WallClock.monotonic()
        bodyStarted = .now()
        phase = .body
        deadline = bodyStarted + .seconds(Int64(limits.bodyTimeout))
        keepAlive = ConnectionPersistence.survives(head) && requestsServed + 1 < limits.maxRequestsPerConnection
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if length > limits.maxBodyBytes {
            refuse(.payloadTooLarge(limit: limits.maxBodyBytes))
        } else if ConnectionPersistence.expectsContinue(head) {
            write(ResponseHead.continue)
        }
    }

    private func append(_ bytes: ByteBuffer) {
        guard phase == .body else { return }
        if body == nil {
            body = bytes
        } else {
            body?.writeImmutableBuffer(bytes)
        }
        let received = body?.readableBytes ?? 0
        if received > limits.maxBodyBytes {
            refuse(.payloadTooLarge(limit: limits.maxBodyBytes))
        } else {
            deadline = bodyStarted + .seconds(Int64(limits.bodyTimeout + received / limits.minBodyRate))
        }
    }

    private func dispatch() {
        guard phase == .body, let head else { return }
        let exchange = service.makeExchange(
            head: head, body: body, startedAt: startedAt, peer: peer, standing: peerStanding)
        self.head = nil
        body = nil
        phase = .responding
        deadline = .distantFuture
        task = Task.immediate(executorPreference: service.executor) {
            let reply = await service.respond(to: exchange)
            complete(exchange, reply)
        }
    }

    // MARK: Answering

    private func complete(_ exchange: Exchange, _ reply: Reply) {
        guard let context else { return service.finished(exchange, reply.status, bytes: 0) }
        guard context.eventLoop.inEventLoop else {
            return context.eventLoop.execute { self.complete(exchange, reply) }
        }
        guard phase == .responding else { return service.finished(exchange, reply.status, bytes: 0) }
        task = nil
        requestsServed += 1
        let closing = !keepAlive || inputClosed || service.registry.isDraining
        var buffers = ResponseHead.serialise(
            reply, exchange: exchange, keepAlive: !closing, allocator: context.channel.allocator)
        var bytes = 0
        while let buffer = buffers.popFirst() {
            bytes += buffer.readableBytes
            context.write(wrapOutboundOut(buffer), promise: nil)
        }
        needsFlush = true
        service.finished(exchange, reply.status, bytes: bytes)
        closing ? closeAfterWriting() : prepareForNext()
    }

    /// Answers a request whose rest is not read, then closes in a way that lets the client read the answer.
    func refuse(_ error: APIError) {
        guard let context, phase == .idle || phase == .body else { return }
        let exchange = service.makeExchange(
            head: head ?? HTTPRequestHead(version: .http1_1, method: .GET, uri: ""), body: nil,
            startedAt: head == nil ? WallClock.monotonic() : startedAt, peer: peer, standing: peerStanding)
        let reply = error.reply
        var buffers = ResponseHead.serialise(
            reply, exchange: exchange, keepAlive: false, allocator: context.channel.allocator)
        var bytes = 0
        while let buffer = buffers.popFirst() {
            bytes += buffer.readableBytes
            context.write(wrapOutboundOut(buffer), promise: nil)
        }
        service.finished(exchange, reply.status, bytes: bytes)
        needsFlush = true
        linger()
    }

    private func prepareForNext() {
        deadline = .now() + .seconds(Int64(limits.idleTimeout))
        flushIfNeeded()
        guard let context, phase != .closed else { return }
        guard context.channel.isWritable else {
            phase = .writing
            deadline = .now() + .seconds(Int64(limits.writeTimeout))
            return
        }
        phase = .idle
        processPending()
    }

    /// A loop, not recursion: a request that completes synchronously returns here for the next one.
    private func processPending() {
        guard !isProcessingPending else { return }
        isProcessingPending = true
        while phase == .idle || phase == .body, let part = pending.popFirst() {
            receive(part)
        }
        isProcessingPending = false
        if !isReading { flushIfNeeded() }
        if readSuppressed, pending.count <= Self.maxPendingParts, phase != .closed {
            readSuppressed = false
            context?.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if phase == .writing, context.channel.isWritable { prepareForNext() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Closing

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputClosed = true
        switch phase {
        case .responding, .writing: break
        case .idle, .body, .lingering: close()
        case .closed: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, phase == .idle || phase == .body else { return close() }
        head = nil
        switch error {
        case .headerOverflow: refuse(.headerFieldsTooLarge)
        case .invalidMethod: refuse(.methodNotAllowed(allowed: [.get, .head, .post, .put, .patch, .delete, .options]))
        default: refuse(.malformedRequest)
        }
    }

    /// What to do when ``deadline`` has passed.
    func deadlinePassed() {
        switch phase {
        case .idle where headInProgress, .body: refuse(.requestTimeout)
        case .idle, .writing, .lingering: close()
        case .responding, .closed: break
        }
    }

    /// Part of a graceful stop: idle connections go now, busy ones after their response.
    func drain() {
        if phase == .idle, !headInProgress { close() }
    }

    private func closeAfterWriting() {
        guard let context else { return }
        phase = .writing
        keepAlive = false
        deadline = .now() + .seconds(Int64(limits.writeTimeout))
        if pending.isEmpty {
            // The end of everything written: closed once the last byte is in the kernel.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in self.close() }
        } else {
            linger()
        }
    }

    private func linger() {
        guard let context else { return }
        phase = .lingering
        pending.removeAll()
        deadline = .now() + .seconds(Int64(limits.lingerTimeout))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
        if inputClosed { close() }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        context?.close(promise: nil)
    }

    private func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
        if !isReading { flushIfNeeded() }
    }

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }
}
