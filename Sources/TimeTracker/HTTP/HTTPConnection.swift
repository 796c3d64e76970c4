import DequeModule
import Glibc
import NIOCore
import Reactor

/// One client connection: starts the responder in a task on the reactor as soon as a head is complete, gives it the body
/// when it asks, sends each turn's responses in one go (RFC 9112).
///
/// Pipelined requests are answered one at a time and in order. All state is confined to the reactor's thread, which is why
/// `@unchecked Sendable` holds: the request's task runs there too.
final class HTTPConnection: @unchecked Sendable {
    enum Phase {
        /// Between requests, or in the middle of a head.
        case idle
        /// The responder runs; a body may still be coming in.
        case responding
        /// Events are sent as they happen (``EventStream``); what comes in is not looked at.
        case streaming
        /// The response is larger than the socket takes at once.
        case writing
        /// Answered; the rest of the body is read and forgotten, so that the connection can go on.
        case discarding
        /// Answered without reading all input: output is closed, input is discarded for a moment (RFC 9112 §9.6).
        case lingering
        case closed
    }

    /// What the next byte of input belongs to.
    enum Receiving {
        case head
        /// A body with so many bytes to come.
        case body(remaining: Int)
        case chunked(ChunkDecoder)
        /// Nobody knows; it is dropped.
        case nothing
    }

    /// Nanoseconds that an idle connection has left when its worker drains.
    private static let drainGrace: UInt64 = 1_000_000_000

    let service: HTTPService
    let descriptor: Int32
    let peer: Peer
    var phase = Phase.idle
    /// When the connection is given up; compared by ``ConnectionRegistry`` four times a second. Nanoseconds of `Reactor.now`.
    var deadline: UInt64
    /// When the connection last came to rest.
    var idleSince: UInt64
    private var watch: Watch?
    private var interest = Interest.read

    /// Bytes that have come and wait: the beginning of a head, or requests behind the one that is being answered.
    var input = ByteBuffer()
    var receiving = Receiving.head
    var isProcessing = false
    /// Requests that have come are begun in a later turn.
    var isBurstPending = false
    /// Bytes behind the request that is being begun.
    var behind = 0
    /// Bytes of an incomplete head, which have been searched for its end.
    var headBytes = 0
    /// Line ends that have come in the place of a head.
    var blankBytes = 0
    var reservedForHead = 0
    var inputClosed = false

    /// The body of the request that is being answered, until its last byte has come.
    var incoming: RequestBody?
    var continues = false
    var bodyStarted: UInt64 = 0
    var task: Task<Void, Never>?
    /// What a response that goes on is written by.
    var stream: EventStream?
    var keepAlive = true
    var requestsServed = 0

    /// Heads and small bodies of responses, in the memory that they were written to: it is sent from there, and freed when all
    /// is sent, since most connections rest most of the time.
    var output: ByteWriter?
    /// Bytes of ``output`` that the socket has taken.
    var outputSent = 0
    /// What comes behind ``output``: large bodies, which are not copied, and what was written after one.
    var largeOutput = Deque<ByteBuffer>()
    /// Bytes that are still to be sent.
    var outputBytes = 0
    var isTurnObserved = false
    var isWaitingToWrite = false
    var isOutputShut = false

    /// - Parameter descriptor: a connected socket, non-blocking, which the connection closes.
    init(descriptor: Int32, peer: Peer, service: HTTPService) {
        self.service = service
        self.descriptor = descriptor
        self.peer = peer
        idleSince = Reactor.now
        deadline = idleSince &+ Self.seconds(service.limits.headerTimeout)
    }

    var limits: HTTPLimits { service.limits }

    static func seconds(_ count: Int) -> UInt64 { UInt64(count) &* 1_000_000_000 }

    /// The deadline that is `seconds` from now.
    static func deadline(in seconds: Int) -> UInt64 { Reactor.now &+ Self.seconds(seconds) }

    func start() {
        watch = service.reactor.watch(descriptor, interest: .read, order: .late) { [self] in ready($0) }
        // The last of many that are ready would be heard only after all of them.
        if service.reactor.isBehind { read() }
    }

    private func ready(_ readiness: Readiness) {
        guard phase != .closed else { return }
        if readiness.contains(.error) { return close() }
        if readiness.contains(.writable) { flush() }
        if interest.contains(.read), readiness.contains(.readable) || readiness.contains(.hangup) {
            read()
        } else if readiness.contains(.hangup) {
            // Neither side can be heard any more: epoll(7) tells of that unasked.
            close()
        }
    }

    private func read() {
        let space = service.readBuffer
        let count = Glibc.read(descriptor, space.baseAddress, space.count)
        if count > 0 {
            receive(UnsafeRawBufferPointer(rebasing: space[..<count]))
        } else if count == 0 {
            inputEnded()
        } else if errno != EAGAIN && errno != EINTR {
            close()
        }
    }

    private func inputEnded() {
        inputClosed = true
        switch phase {
        case .responding: incoming?.resume(throwing: HTTPRefusal.malformedRequest)
        case .writing, .closed: break
        // What has come in whole is answered.
        case .idle where isBurstPending: break
        case .idle, .discarding, .lingering, .streaming: close()
        }
        updateInterest()
    }

    /// Whether something has come that belongs to a later request than the one that is being answered.
    var hasMoreInput: Bool { behind > 0 || input.readableBytes > 0 }

    /// Back-pressure: what nobody takes off our hands stays in the socket.
    func updateInterest() {
        guard phase != .closed else { return }
        var wanted: Interest = inputClosed || isFull ? [] : .read
        if isWaitingToWrite { wanted.insert(.write) }
        guard wanted != interest else { return }
        interest = wanted
        watch?.update(wanted)
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        releaseHead()
        watch?.cancel(closes: true)
        watch = nil
        Glibc.close(descriptor)
        input = ByteBuffer()
        output = nil
        largeOutput.removeAll()
        outputBytes = 0
        service.registry.remove(self)
        // Last, because what it resumes may look at the connection.
        incoming?.resume(throwing: CancellationError())
        incoming = nil
        task?.cancel()
        task = nil
        stream?.connectionEnded()
        stream = nil
    }

    /// What to do when ``deadline`` has passed.
    func deadlinePassed() {
        switch phase {
        case .idle where headBytes > 0: refuse(.requestTimeout)
        case .responding:
            // Told once; what it does then has limits of its own.
            deadline = .max
            incoming?.resume(throwing: HTTPRefusal.requestTimeout)
        case .idle, .writing, .discarding, .lingering, .streaming: close()
        case .closed: break
        }
    }

    /// Part of a graceful stop: busy connections go after their response. Idle ones stay a moment longer, because a request
    /// may be on its way: it is answered, and the client told that it was the last. Streams end: browsers come back, to
    /// another worker.
    func drain() {
        if phase == .streaming { return closeAfterWriting() }
        guard phase == .idle, headBytes == 0, outputBytes == 0 else { return }
        deadline = min(deadline, Reactor.now &+ Self.drainGrace)
    }
}
