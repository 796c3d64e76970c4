import CKernel
import DequeModule
import Glibc
import HTTPTypes
import NIOCore
import Reactor

/// How a connection answers.
extension HTTPConnection: TurnEndObserver {
    /// Bytes of a body nobody wanted that are read for the connection's sake.
    private static let maxDiscarded = 64 * 1024
    /// Bytes of responses to pipelined requests that are collected before they are sent.
    private static let maxCollected = 64 * 1024

    func complete(_ exchange: Exchange, _ reply: Reply) {
        guard service.reactor.isOnReactorThread else {
            return service.reactor.execute { self.complete(exchange, reply) }
        }
        guard phase == .responding else { return finished(exchange, reply, bytes: 0) }
        task = nil
        requestsServed += 1
        if let opening = reply.opening { return open(reply, exchange, opening) }
        // A client that waits for `100 Continue` may send its body or not, so nobody can say where its next request begins.
        let canGoOn =
            incoming.map { !continues && !$0.isBroken && ($0.remaining ?? .max) <= Self.maxDiscarded } ?? true
        let isLast = !keepAlive || !canGoOn || service.registry.isDraining || (inputClosed && !hasMoreInput)
        finished(exchange, reply, bytes: send(reply, exchange, keepAlive: !isLast))
        if !isLast {
            prepareForNext()
        } else if incoming == nil, !hasMoreInput {
            closeAfterWriting()
        } else {
            linger()
        }
        updateInterest()
    }

    func finished(_ exchange: Exchange, _ reply: Reply, bytes: Int) {
        exchange.releaseBody()
        service.finished(exchange, reply.status, bytes: bytes)
    }

    /// Answers what is no request, or has no end, then closes in a way that lets the client read the answer.
    func refuse(_ error: HTTPRefusal) {
        guard phase == .idle else { return }
        let exchange = service.makeExchange(.unreadable, peer)
        let reply = service.reply(to: error)
        finished(exchange, reply, bytes: send(reply, exchange, keepAlive: false))
        linger()
    }

    /// The connection is at rest, or goes on with a request that has come already.
    func prepareForNext() {
        idleSince = Reactor.now
        if outputBytes > Self.maxCollected { flush() }
        guard phase != .closed else { return }
        if isWaitingToWrite {
            phase = .writing
            deadline = idleSince &+ Self.seconds(limits.writeTimeout)
        } else if incoming != nil {
            phase = .discarding
            deadline = bodyDeadline(0)
        } else {
            phase = .idle
            deadline = idleSince &+ Self.seconds(limits.idleTimeout)
            processInput()
            if phase == .idle, inputClosed, !isProcessing, !isBurstPending { closeAfterWriting() }
        }
    }

    // MARK: Sending

    /// - Returns: bytes of the response.
    func send(_ reply: Reply, _ exchange: Exchange, keepAlive: Bool) -> Int {
        let before = outputBytes
        if largeOutput.isEmpty {
            var out = output.take() ?? ByteWriter(capacity: ResponseHead.size(of: reply, exchange))
            let start = out.count
            let body = ResponseHead.write(reply, exchange: exchange, keepAlive: keepAlive, to: &out)
            outputBytes += out.count - start
            output = consume out
            if let body { append(large: body) }
        } else {
            var out = ByteWriter(capacity: ResponseHead.size(of: reply, exchange))
            let body = ResponseHead.write(reply, exchange: exchange, keepAlive: keepAlive, to: &out)
            append(large: out.finish())
            if let body { append(large: body) }
        }
        observeTurnEnd()
        return outputBytes - before
    }

    /// Leaves at the end of the reactor's turn.
    func write(_ bytes: ByteBuffer) {
        if largeOutput.isEmpty {
            var out = output.take() ?? ByteWriter(capacity: bytes.readableBytes)
            bytes.withUnsafeReadableBytes { out.append($0) }
            output = consume out
            outputBytes += bytes.readableBytes
        } else {
            append(large: bytes)
        }
        observeTurnEnd()
    }

    private func append(large bytes: ByteBuffer) {
        largeOutput.append(bytes)
        outputBytes += bytes.readableBytes
    }

    private func observeTurnEnd() {
        guard !isTurnObserved, !isWaitingToWrite else { return }
        isTurnObserved = service.reactor.observeTurnEnd(self)
    }

    func turnEnds() {
        isTurnObserved = false
        flush()
        updateInterest()
    }

    /// Sends what the socket takes.
    func flush() {
        guard phase != .closed else { return }
        while outputBytes > 0 {
            let sent = sendSome()
            guard sent >= 0 else {
                guard errno == EAGAIN else { return close() }
                return outputIsBlocked()
            }
            outputBytes -= sent
        }
        isWaitingToWrite = false
        outputIsSent()
    }

    /// - Returns: bytes that the socket has taken; -1 when it takes none.
    private func sendSome() -> Int {
        if let out = output.take() {
            let rest = UnsafeRawBufferPointer(rebasing: out.bytes[outputSent...])
            let sent = send(rest, and: largeOutput.first)
            outputSent += min(max(sent, 0), rest.count)
            removeLarge(max(sent - rest.count, 0))
            if outputSent == out.count {
                outputSent = 0
            } else if outputSent < Self.maxCollected {
                output = consume out
            } else {
                // A client that is always a little behind, as one of a stream may be, never empties it.
                var rest = ByteWriter(capacity: out.count - outputSent)
                rest.append(UnsafeRawBufferPointer(rebasing: out.bytes[outputSent...]))
                outputSent = 0
                output = consume rest
            }
            return sent
        }
        guard let first = largeOutput.first else { return 0 }
        let sent = Int(first.withUnsafeReadableBytes { kernel_send(descriptor, $0.baseAddress, UInt64($0.count)) })
        removeLarge(max(sent, 0))
        return sent
    }

    /// A large body leaves with its head in one system call.
    private func send(_ bytes: UnsafeRawBufferPointer, and large: ByteBuffer?) -> Int {
        guard let large else { return Int(kernel_send(descriptor, bytes.baseAddress, UInt64(bytes.count))) }
        return large.withUnsafeReadableBytes {
            Int(kernel_send_both(descriptor, bytes.baseAddress, UInt64(bytes.count), $0.baseAddress, UInt64($0.count)))
        }
    }

    /// - Parameter count: bytes of the first large body that the socket has taken.
    private func removeLarge(_ count: Int) {
        guard count > 0, let first = largeOutput.first else { return }
        if count == first.readableBytes {
            largeOutput.removeFirst()
        } else {
            largeOutput[0].moveReaderIndex(forwardBy: count)
        }
    }

    private func outputIsBlocked() {
        isWaitingToWrite = true
        // The time for it begins when it is first in the way.
        if phase == .streaming, deadline == .max { deadline = Self.deadline(in: limits.writeTimeout) }
        if phase == .idle {
            phase = .writing
            deadline = Self.deadline(in: limits.writeTimeout)
        }
        updateInterest()
    }

    private func outputIsSent() {
        switch phase {
        case .writing: if keepAlive { prepareForNext() } else { close() }
        case .lingering: shutOutput()
        case .streaming: deadline = .max
        case .idle, .responding, .discarding, .closed: break
        }
        updateInterest()
    }

    // MARK: Ending

    func closeAfterWriting() {
        keepAlive = false
        guard outputBytes > 0 else { return close() }
        phase = .writing
        deadline = Self.deadline(in: limits.writeTimeout)
    }

    private func linger() {
        phase = .lingering
        releaseHead()
        incoming = nil
        input = ByteBuffer()
        deadline = Self.deadline(in: limits.lingerTimeout)
        flush()
        if inputClosed { close() }
    }

    private func shutOutput() {
        guard !isOutputShut else { return }
        isOutputShut = true
        shutdown(descriptor, Int32(SHUT_WR))
    }
}
