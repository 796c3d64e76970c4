import DequeModule
import HTTPTypes
import NIOCore
import NIOHTTP1

/// How a connection answers and ends.
extension HTTPConnection {
    /// Bytes of a body nobody wanted that are read for the connection's sake.
    private static let maxDiscarded = 64 * 1024

    func complete(_ exchange: Exchange, _ reply: Reply) {
        guard let context else { return finished(exchange, reply, bytes: 0) }
        guard context.eventLoop.inEventLoop else {
            return context.eventLoop.execute { self.complete(exchange, reply) }
        }
        guard phase == .responding else { return finished(exchange, reply, bytes: 0) }
        task = nil
        requestsServed += 1
        // A client that waits for `100 Continue` may send its body or not, so nobody can say where its next request begins.
        let canGoOn =
            incoming.map { !continues && !$0.isBroken && ($0.remaining ?? .max) <= Self.maxDiscarded } ?? true
        let closing = !keepAlive || !canGoOn || inputClosed || service.registry.isDraining
        finished(exchange, reply, bytes: send(reply, exchange, keepAlive: !closing))
        if !closing {
            prepareForNext()
        } else if incoming == nil, pending.isEmpty {
            closeAfterWriting()
        } else {
            linger()
        }
    }

    /// - Returns: bytes of the response.
    private func send(_ reply: Reply, _ exchange: Exchange, keepAlive: Bool) -> Int {
        guard let context else { return 0 }
        var buffers = ResponseHead.serialise(
            reply, exchange: exchange, keepAlive: keepAlive, allocator: context.channel.allocator)
        var bytes = 0
        while let buffer = buffers.popFirst() {
            bytes += buffer.readableBytes
            context.write(wrapOutboundOut(buffer), promise: nil)
        }
        needsFlush = true
        return bytes
    }

    private func finished(_ exchange: Exchange, _ reply: Reply, bytes: Int) {
        exchange.releaseBody()
        service.finished(exchange, reply.status, bytes: bytes)
    }

    /// Answers what is no request, or has no end, then closes in a way that lets the client read the answer.
    func refuse(_ error: APIError) {
        guard context != nil, phase == .idle else { return }
        let exchange = service.makeExchange(
            head: head ?? HTTPRequestHead(version: .http1_1, method: .GET, uri: ""),
            startedAt: head == nil ? WallClock.monotonic() : startedAt, peer: peer, standing: peerStanding)
        head = nil
        let reply = error.reply
        finished(exchange, reply, bytes: send(reply, exchange, keepAlive: false))
        linger()
    }

    func prepareForNext() {
        idleSince = .now()
        deadline = idleSince + .seconds(Int64(limits.idleTimeout))
        flushIfNeeded()
        guard let context, phase != .closed else { return }
        guard context.channel.isWritable else {
            phase = .writing
            deadline = .now() + .seconds(Int64(limits.writeTimeout))
            return
        }
        if incoming != nil {
            phase = .discarding
            deadline = bodyDeadline(0)
        } else {
            phase = .idle
            if headBytes > 0 { deadline = idleSince + .seconds(Int64(limits.headerTimeout)) }
        }
        processPending()
    }

    private var isReceiving: Bool { phase == .responding || phase == .discarding }

    /// A loop, not recursion: a request that completes synchronously returns here for the next one.
    private func processPending() {
        guard !isProcessingPending else { return }
        isProcessingPending = true
        while phase == .idle || (isReceiving && incoming != nil), let part = pending.popFirst() {
            receive(part)
        }
        isProcessingPending = false
        if !isReading { flushIfNeeded() }
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if phase == .writing, keepAlive, context.channel.isWritable { prepareForNext() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Closing

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputClosed = true
        switch phase {
        case .responding: incoming?.resume(throwing: APIError.malformedRequest)
        case .writing, .closed: break
        case .idle, .discarding, .lingering: close()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close() }
        switch phase {
        case .idle: refuse(refusal(error))
        // What follows a request that is being answered is no use any more.
        case .responding:
            keepAlive = false
            incoming?.resume(throwing: APIError.malformedRequest)
        case .writing, .discarding, .lingering: close()
        case .closed: break
        }
    }

    private func refusal(_ error: HTTPParserError) -> APIError {
        switch error {
        case .headerOverflow: .headerFieldsTooLarge
        case .invalidMethod where framingGuard?.isRequestLineHTTP == true:
            .methodNotAllowed(allowed: [.get, .head, .post, .put, .patch, .delete, .options])
        default: .malformedRequest
        }
    }

    /// What to do when ``deadline`` has passed.
    func deadlinePassed() {
        switch phase {
        case .idle where headBytes > 0: refuse(.requestTimeout)
        case .responding: incoming?.resume(throwing: APIError.requestTimeout)
        case .idle, .writing, .discarding, .lingering: close()
        case .closed: break
        }
    }

    /// Part of a graceful stop: idle connections go now, busy ones after their response.
    func drain() {
        if phase == .idle, headBytes == 0 { close() }
    }

    private func closeAfterWriting() {
        guard let context else { return }
        phase = .writing
        keepAlive = false
        deadline = .now() + .seconds(Int64(limits.writeTimeout))
        // The end of everything written: closed once the last byte is in the kernel.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in self.close() }
    }

    private func linger() {
        guard let context else { return }
        phase = .lingering
        releaseHead()
        incoming = nil
        pending = PipelinedParts()
        deadline = .now() + .seconds(Int64(limits.lingerTimeout))
        needsFlush = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
        if inputClosed { close() } else { readOn() }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        incoming?.resume(throwing: CancellationError())
        context?.close(promise: nil)
    }

    func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
        if !isReading { flushIfNeeded() }
    }

    func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }
}
