import CRedis
import DequeModule
import Reactor
import Synchronization

/// One connection through hiredis' asynchronous API, with everything pipelined.
///
/// `@unchecked Sendable`: `lock` guards all variables, the hiredis context included. hiredis calls back into this class
/// only from within its own functions, which are only called with the lock held; so callbacks use the variables without
/// taking it again. Completions are collected under the lock and run after it.
///
/// Commands of the reactor's own tasks leave together at the end of its turn.
final class RedisConnection: TurnEndObserver, @unchecked Sendable {
    typealias Completion = @Sendable (Result<RedisReply, RedisError>) -> Void

    private struct Pending {
        let completion: Completion
        /// Monotonic nanoseconds.
        let deadline: UInt64
    }

    private let lock = Mutex<Void>(())
    private let reactor: Reactor
    private let configuration: RedisConfiguration
    /// In nanoseconds.
    private let commandTimeout: UInt64
    private let onClosed: @Sendable () -> Void

    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var watch: Watch?
    private var wanted: Interest = []
    private var applied: Interest = []
    private var pending = Deque<Pending>()
    private var finished: [(Completion, Result<RedisReply, RedisError>)] = []
    private var timer: ReactorTimer?
    private var isTurnObserved = false
    private var isReady = false
    private var isClosed = false
    /// Not the server that is wanted.
    private var isRefused = false
    private var failure = RedisError.connectionLost

    /// - Parameter onClosed: called once, on any thread, when the connection is gone for good.
    init(configuration: RedisConfiguration, reactor: Reactor, onClosed: @escaping @Sendable () -> Void) {
        self.configuration = configuration
        commandTimeout = Self.nanoseconds(configuration.commandTimeout)
        self.reactor = reactor
        self.onClosed = onClosed
    }

    // MARK: Opening

    /// - Parameter ready: called with the outcome of the first PING.
    func open(ready: @escaping @Sendable (Bool) -> Void) {
        switch configuration.address {
        case .unix(let path): start(ready) { redisAsyncConnectUnix(path) }
        case .sentinel: fail(.unavailable, ready)
        case .tcp(let host, let port):
            HostLookup.resolve(host) { address in
                guard let address else { return self.fail(.unavailable, ready) }
                self.start(ready) { redisAsyncConnect(address, Int32(port)) }
            }
        }
    }

    private func fail(_ error: RedisError, _ ready: @Sendable (Bool) -> Void) {
        ready(false)
        close(error)
    }

    private func start(
        _ ready: @escaping @Sendable (Bool) -> Void, connect: () -> UnsafeMutablePointer<redisAsyncContext>?
    ) {
        let isStarted = withLock {
            guard !isClosed, let context = connect() else { return false }
            guard context.pointee.err == 0 else {
                redisAsyncFree(context)
                return false
            }
            adopt(context)
            for command in handshake {
                enqueue(command, deadline: Reactor.now &+ Self.nanoseconds(configuration.connectTimeout)) { _ in }
            }
            if configuration.wantsMaster {
                enqueue(RedisCommand(["ROLE"]), deadline: Reactor.now &+ Self.nanoseconds(configuration.connectTimeout))
                {
                    result in
                    if Self.isReplica(result) { self.withLock { self.isRefused = true } }
                }
            }
            enqueue(RedisCommand(["PING"]), deadline: Reactor.now &+ Self.nanoseconds(configuration.connectTimeout)) {
                result in
                let isUp = self.withLock {
                    let isUp = result == .success(.status("PONG")) && !self.isRefused
                    self.isReady = isUp && !self.isClosed
                    return isUp
                }
                ready(isUp)
                if !isUp { self.close(.unavailable) }
            }
            armTimer(after: configuration.connectTimeout)
            return true
        }
        if !isStarted { fail(.unavailable, ready) }
    }

    /// Whether the answer to ROLE names anything but a master; a server that doesn't tell is believed.
    private static func isReplica(_ result: Result<RedisReply, RedisError>) -> Bool {
        guard case .success(.array(let parts)) = result, case .string(let role)? = parts.first else { return false }
        return !role.elementsEqual("master".utf8)
    }

    private var handshake: [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(RedisCommand(["AUTH"] + (configuration.username.map { [$0] } ?? []) + [password]))
        }
        if configuration.database != 0 { commands.append(RedisCommand(["SELECT", String(configuration.database)])) }
        commands.append(RedisCommand(["CLIENT", "SETNAME", "timetracker"]))
        return commands
    }

    private func adopt(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        self.context = context
        let box = Unmanaged.passRetained(self).toOpaque()
        context.pointee.ev.data = box
        context.pointee.ev.addRead = { RedisConnection.from($0).wanted.insert(.read) }
        context.pointee.ev.delRead = { RedisConnection.from($0).wanted.remove(.read) }
        context.pointee.ev.addWrite = { RedisConnection.from($0).wanted.insert(.write) }
        context.pointee.ev.delWrite = { RedisConnection.from($0).wanted.remove(.write) }
        context.pointee.ev.cleanup = { RedisConnection.from($0).contextFreed($0) }
        // Registered by hand: hiredis announces the first write before the hooks are set.
        wanted = [.read, .write]
        applied = wanted
        watch = reactor.watch(context.pointee.c.fd, interest: wanted) { [weak self] readiness in self?.handle(readiness)
        }
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> RedisConnection {
        guard let data else { preconditionFailure("hiredis lost its event data") }
        return Unmanaged<RedisConnection>.fromOpaque(data).takeUnretainedValue()
    }

    /// hiredis frees the context after this; what is still pending is answered with nothing.
    private func contextFreed(_ data: UnsafeMutableRawPointer?) {
        context = nil
        isReady = false
        watch?.cancel()
        watch = nil
        if let data { Unmanaged<RedisConnection>.fromOpaque(data).release() }
    }

    // MARK: Commands

    var canSend: Bool { withLock { isReady } }

    /// The completion runs once, on any thread.
    func send(_ command: RedisCommand, _ completion: @escaping Completion) {
        withLock {
            guard isReady, pending.count < configuration.maxInFlight else {
                return finished.append((completion, .failure(.unavailable)))
            }
            enqueue(command, deadline: Reactor.now &+ commandTimeout, completion)
            hasEnqueued()
        }
    }

    /// Sends commands in order; each completion runs once, on any thread.
    func send(_ commands: [(RedisCommand, Completion)]) {
        withLock {
            guard isReady, pending.count + commands.count <= configuration.maxInFlight else {
                for (_, completion) in commands { finished.append((completion, .failure(.unavailable))) }
                return
            }
            let deadline = Reactor.now &+ commandTimeout
            for (command, completion) in commands { enqueue(command, deadline: deadline, completion) }
            hasEnqueued()
        }
    }

    private func hasEnqueued() {
        if !isTurnObserved {
            isTurnObserved = reactor.observeTurnEnd(self)
            // On the caller's thread: usually all fits into the socket and the reactor needn't wake.
            if !isTurnObserved, let context { redisAsyncHandleWrite(context) }
        }
        if timer == nil { armTimer(after: configuration.commandTimeout) }
    }

    func turnEnds() {
        withLock {
            isTurnObserved = false
            if let context { redisAsyncHandleWrite(context) }
        }
    }

    private func enqueue(_ command: RedisCommand, deadline: UInt64, _ completion: @escaping Completion) {
        guard let context else { return finished.append((completion, .failure(.connectionLost))) }
        pending.append(Pending(completion: completion, deadline: deadline))
        let result = command.bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                redisAsyncFormattedCommand(context, Self.replied, nil, $0.baseAddress, $0.count)
            }
        }
        if result != REDIS_OK, let refused = pending.popLast() {
            finished.append((refused.completion, .failure(.connectionLost)))
        }
    }

    private static let replied:
        @convention(c) (
            UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Void = { context, reply, _ in
            guard let context else { return }
            let connection = from(context.pointee.ev.data)
            // Replies come in the order of the commands.
            guard let pending = connection.pending.popFirst() else { return }
            let result: Result<RedisReply, RedisError>
            if let reply {
                let reply = RedisReply(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
                if case .error(let text) = reply {
                    result = .failure(.server(text))
                    // A master that has become a replica, in words that a script may have wrapped. hiredis frees the context
                    // when this function has returned.
                    if text.contains("READONLY You can't write") { redisAsyncFree(context) }
                } else {
                    result = .success(reply)
                }
            } else {
                result = .failure(connection.failure)
            }
            connection.finished.append((pending.completion, result))
        }

    // MARK: Events

    private func handle(_ readiness: Readiness) {
        withLock {
            if let context, !readiness.isDisjoint(with: [.readable, .hangup, .error]) { redisAsyncHandleRead(context) }
            if let context, readiness.contains(.writable) { redisAsyncHandleWrite(context) }
        }
    }

    /// One timer a connection, for its oldest command, instead of one for each.
    private func armTimer(after delay: Duration) {
        timer = reactor.schedule(after: delay) { [weak self] in self?.checkDeadline() }
    }

    private func checkDeadline() {
        withLock {
            timer = nil
            guard let oldest = pending.first, let context else { return }
            let now = Reactor.now
            if oldest.deadline > now {
                armTimer(after: .nanoseconds(Int64(oldest.deadline - now)))
            } else {
                // A reply that comes late must not be taken for another command's: the connection is not used again.
                failure = .timeout
                redisAsyncFree(context)
            }
        }
    }

    func close(_ error: RedisError = .connectionLost) {
        withLock {
            failure = error
            isReady = false
            if let context { redisAsyncFree(context) } else { noteClosed() }
        }
    }

    private func noteClosed() {
        guard !isClosed else { return }
        isClosed = true
        let onClosed = onClosed
        finished.append(({ _ in onClosed() }, .failure(failure)))
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let parts = duration.components
        return UInt64(parts.seconds) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000)
    }

    /// Runs `body` under the lock, brings the watch up to date, then runs the completions that came up.
    private func withLock<Result>(_ body: () -> Result) -> Result {
        let (result, completions) = lock.withLock { _ in
            let wasOpen = context != nil
            let result = body()
            if wasOpen, context == nil { noteClosed() }
            // hiredis wants to write from the first command on; until the turn ends there is no need to be told of that.
            if let watch, !isTurnObserved, wanted != applied {
                applied = wanted
                watch.update(wanted)
            }
            let completions = finished
            finished = []
            return (result, completions)
        }
        for (completion, outcome) in completions { completion(outcome) }
        return result
    }
}
