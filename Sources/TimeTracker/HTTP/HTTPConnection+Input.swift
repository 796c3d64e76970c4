import NIOCore
import Reactor

/// How a connection takes requests in.
extension HTTPConnection {
    /// Bytes of pipelined requests that are kept while a response is on its way; more wait in the socket.
    private static let maxPending = 64 * 1024
    /// Pipelined requests that are begun without looking at what others want.
    private static let burst = 32
    /// A turn of the reactor that has gone on this long begins one request of each connection and no more: dozens of
    /// connections with large answers to many pipelined requests would hold everybody up for as long as they like.
    private static let turnLength = Duration.milliseconds(4)
    /// Bytes of empty lines that may stand before a head (RFC 9112 §2.2).
    private static let maxBlank = 256
    /// A head beyond this size counts among the bytes that a worker holds.
    private static let plainHead = 8 * 1024

    var isWaitingForBody: Bool { phase == .responding && incoming?.isAwaited == true }

    var isFull: Bool {
        switch phase {
        case .lingering, .closed, .discarding, .streaming: return false
        case .idle, .responding, .writing:
            if input.readableBytes > Self.maxPending { return true }
            guard let incoming, !incoming.isAwaited else { return false }
            return incoming.received >= RequestBody.maxUnasked
        }
    }

    /// - Parameter bytes: valid during the call.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        if input.readableBytes > 0 {
            input.writeBytes(bytes)
            processInput()
        } else {
            let used = process(bytes)
            if used < bytes.count, keepsInput {
                input.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[used...]))
            }
        }
        updateInterest()
    }

    /// Goes on with what has come before.
    func processInput() {
        guard !isProcessing, input.readableBytes > 0 else { return }
        // Taken out, so that nothing frees the bytes while they are looked at.
        var bytes = input
        input = ByteBuffer()
        let used = bytes.withUnsafeReadableBytes { process($0) }
        bytes.moveReaderIndex(forwardBy: used)
        guard bytes.readableBytes > 0, keepsInput else { return }
        if used > 0 { bytes.discardReadBytes() }
        input = bytes
    }

    private var keepsInput: Bool { phase != .lingering && phase != .closed && phase != .streaming }

    /// A loop, not recursion: a request that completes synchronously returns here for the next one.
    ///
    /// - Returns: bytes that are done with; the others have to be handed in again, with what comes after them.
    private func process(_ bytes: UnsafeRawBufferPointer) -> Int {
        isProcessing = true
        defer {
            isProcessing = false
            behind = 0
        }
        var index = 0
        var requests = 0
        while index < bytes.count, keepsInput {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
            switch receiving {
            case .head:
                guard phase == .idle else { return index }
                guard headBytes > 0 || !HeadEnd.isLineEnd(rest[0]) else {
                    index += 1
                    blankByteArrived()
                    continue
                }
                guard requests == 0 || (requests < Self.burst && service.reactor.turnLength < Self.turnLength) else {
                    goOnLater()
                    return index
                }
                requests += 1
                guard let length = HeadEnd.find(in: rest, from: max(0, headBytes - 3)) else {
                    headIsIncomplete(rest)
                    return index
                }
                index += length
                behind = bytes.count - index
                headIsComplete(UnsafeRawBufferPointer(rebasing: rest[..<length]))
            case .body(let remaining):
                let count = min(remaining, rest.count)
                index += count
                behind = bytes.count - index
                receiving = count == remaining ? .head : .body(remaining: remaining - count)
                bodyArrived(UnsafeRawBufferPointer(rebasing: rest[..<count]))
                if count == remaining { requestEnds() }
            case .chunked(let decoder): index += takeChunks(rest, decoder)
            case .nothing: return bytes.count
            }
        }
        return index
    }

    /// In the next turn, when the other clients have been heard.
    private func goOnLater() {
        guard !isBurstPending else { return }
        isBurstPending = true
        service.reactor.execute { [self] in
            isBurstPending = false
            processInput()
            if phase == .idle, inputClosed, !isBurstPending { closeAfterWriting() }
            updateInterest()
        }
    }

    // MARK: Head

    /// Taken as it comes, so that nothing looks at it twice. It gives a client no more time, and nobody sends many.
    private func blankByteArrived() {
        blankBytes += 1
        if blankBytes > Self.maxBlank { refuse(.malformedRequest) }
    }

    private func headIsIncomplete(_ bytes: UnsafeRawBufferPointer) {
        // The time for a head begins with its first byte.
        if headBytes == 0 { deadline = Self.deadline(in: limits.headerTimeout) }
        headBytes = bytes.count
        guard bytes.count <= limits.maxHeaderBytes else { return refuse(.headerFieldsTooLarge) }
        // What speaks another protocol is told at once.
        guard TokenBytes.contain(bytes[0]) else { return refuse(.malformedRequest) }
        guard bytes.count > Self.plainHead, reservedForHead == 0 else { return }
        guard service.budget.reserve(limits.maxHeaderBytes, for: peer.address) else { return refuse(.overloaded) }
        reservedForHead = limits.maxHeaderBytes
    }

    private func headIsComplete(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= limits.maxHeaderBytes else { return refuse(.headerFieldsTooLarge) }
        headBytes = 0
        blankBytes = 0
        releaseHead()
        do throws(HTTPRefusal) {
            begin(try RequestHeadParser.parse(bytes))
        } catch {
            refuse(error)
        }
    }

    func releaseHead() {
        guard reservedForHead > 0 else { return }
        service.budget.release(reservedForHead, for: peer.address)
        reservedForHead = 0
    }

    private func begin(_ head: RequestHead) {
        keepAlive = head.persists && requestsServed + 1 < limits.maxRequestsPerConnection
        let exchange = service.makeExchange(head, peer)
        phase = .responding
        deadline = .max
        switch head.framing {
        case .length(0): return respond(to: exchange)
        case .length(let length): receiving = .body(remaining: length)
        case .chunked: receiving = .chunked(ChunkDecoder(maxBytes: limits.maxBodyBytes))
        }
        continues = head.expectsContinue
        bodyStarted = Reactor.now
        incoming = RequestBody(framing: head.framing, client: exchange.clientAddress, budget: service.budget) {
            [weak self] in self?.bodyIsWanted()
        }
        exchange.incoming = incoming
        respond(to: exchange)
    }

    private func respond(to exchange: Exchange) {
        if let reply = service.answer(exchange) { return complete(exchange, reply) }
        let task = Task.immediate(executorPreference: service.reactor) {
            complete(exchange, await service.respond(to: exchange))
        }
        if phase == .responding { self.task = task }
    }

    // MARK: Body

    private func bodyArrived(_ bytes: UnsafeRawBufferPointer) {
        guard phase == .responding, let incoming else { return }
        incoming.append(bytes)
        if incoming.isAwaited { deadline = bodyDeadline(incoming.received) }
    }

    private func takeChunks(_ bytes: UnsafeRawBufferPointer, _ decoder: ChunkDecoder) -> Int {
        var decoder = decoder
        do throws(ChunkDecoder.Problem) {
            let count = try decoder.decode(bytes) { bodyArrived($0) }
            behind = bytes.count - count
            receiving = decoder.isComplete ? .head : .chunked(decoder)
            if decoder.isComplete { requestEnds() }
            return count
        } catch {
            bodyIsRefused(error)
            return bytes.count
        }
    }

    /// Where the next request would begin nobody can tell now.
    private func bodyIsRefused(_ problem: ChunkDecoder.Problem) {
        keepAlive = false
        receiving = .nothing
        switch phase {
        case .responding:
            incoming?.resume(
                throwing: problem == .tooLarge
                    ? HTTPRefusal.payloadTooLarge(limit: limits.maxBodyBytes) : HTTPRefusal.malformedRequest)
        case .writing, .idle, .discarding, .lingering, .streaming: close()
        case .closed: break
        }
    }

    /// The last byte of a request has come.
    private func requestEnds() {
        guard let incoming else { return }
        self.incoming = nil
        incoming.finish()
        switch phase {
        case .responding: deadline = .max
        case .discarding: prepareForNext()
        case .idle, .writing, .lingering, .streaming, .closed: break
        }
    }

    func bodyDeadline(_ received: Int) -> UInt64 {
        bodyStarted &+ Self.seconds(limits.bodyTimeout + received / limits.minBodyRate)
    }

    /// Somebody waits for the body: tells the client to send it, and reads on.
    private func bodyIsWanted() {
        guard phase == .responding else { return }
        bodyStarted = Reactor.now
        deadline = bodyDeadline(incoming?.received ?? 0)
        if continues, incoming?.received == 0 { write(ResponseHead.continue) }
        continues = false
        updateInterest()
    }
}
