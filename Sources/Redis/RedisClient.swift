import Reactor
import Synchronization

/// What happened to the connection, for the log.
public enum RedisEvent: Sendable {
    case connected
    case unavailable(nextAttemptIn: Duration)
}

/// A client with one multiplexed connection. While Redis is away every call fails at once, so that callers can fall back;
/// the connection is tried again in the background.
public final class RedisClient: Sendable {
    private struct State {
        var connection: RedisConnection?
        /// Where it leads.
        var address: RedisConfiguration.Address?
        /// Where to go at once when the connection has closed: the master that took its server's place.
        var successor: RedisConfiguration.Address?
        var breaker: Breaker
        var isStopped = false
        /// The first attempt to connect has come to an end.
        var isSettled = false
        var waiters: [UnsafeContinuation<Void, Never>] = []
    }

    /// Told how many nanoseconds a trip took that somebody waited for, and its first failure; must not block.
    public typealias Observer = @Sendable (UInt64, RedisError?) -> Void

    private let configuration: RedisConfiguration
    private let reactor: Reactor
    private let observer: Observer?
    private let onEvent: @Sendable (RedisEvent) -> Void
    private let state: Mutex<State>
    private let panel: SentinelPanel?
    private let isUp = Atomic<Bool>(false)
    private let upSince = Atomic<UInt64>(0)

    /// - Parameter onEvent: called on any thread; must not block.
    public init(
        configuration: RedisConfiguration, reactor: Reactor,
        onEvent: @escaping @Sendable (RedisEvent) -> Void = { _ in }, observer: Observer? = nil
    ) {
        self.configuration = configuration
        self.reactor = reactor
        self.observer = observer
        self.onEvent = onEvent
        if case .sentinel(let sentinels) = configuration.address {
            panel = SentinelPanel(configuration, sentinels, reactor: reactor)
            state = Mutex(State(breaker: Breaker(limit: Breaker.longestWithSentinel)))
        } else {
            panel = nil
            state = Mutex(State(breaker: Breaker()))
        }
    }

    /// Begins to connect. The reactor must run.
    public func start() {
        connect()
        watchMaster()
    }

    /// Waits until the first attempt to connect has succeeded or failed, but no longer than `limit`.
    ///
    /// A process that began to serve earlier would treat a Redis that is there as one that is away.
    public func settle(within limit: Duration) async {
        let timer = reactor.schedule(after: limit) { [weak self] in self?.settled() }
        await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
            let isSettled = state.withLock { state in
                if !state.isSettled { state.waiters.append(waiter) }
                return state.isSettled
            }
            if isSettled { waiter.resume() }
        }
        timer.cancel()
    }

    private func settled() {
        let waiters = state.withLock { state in
            state.isSettled = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Whether a connection serves: the breaker is closed.
    public var isAvailable: Bool { isUp.load(ordering: .relaxed) }

    /// For how long the connection has served: what was stored before may be lost.
    public var nanosecondsAvailable: UInt64 { Reactor.now &- upSince.load(ordering: .relaxed) }

    public func shutdown() async {
        let connection = state.withLock { state in
            state.isStopped = true
            return state.connection
        }
        isUp.store(false, ordering: .relaxed)
        connection?.close()
        panel?.close()
    }

    private func connect() {
        guard let panel else { return connect(configuration) }
        panel.ask { [weak self] address in
            guard let self else { return }
            if let address { connect(configuration.master(at: address)) } else { closed() }
        }
    }

    /// Asks twice a second whether another one has become the master: the former one, if it still answers, takes writes that
    /// will be lost; if it is silent, an attempt to connect to it would be waited for in vain.
    private func watchMaster() {
        guard let panel else { return }
        reactor.schedule(after: .milliseconds(500)) { [weak self] in
            guard let self, !state.withLock({ $0.isStopped }) else { return }
            panel.ask { [weak self] address in
                guard let self, let address else { return }
                let former = state.withLock { state -> RedisConnection? in
                    guard state.address != address, let connection = state.connection else { return nil }
                    state.successor = address
                    return connection
                }
                former?.close()
            }
            watchMaster()
        }
    }

    private func connect(_ configuration: RedisConfiguration) {
        let connection = RedisConnection(configuration: configuration, reactor: reactor) { [weak self] in self?.closed()
        }
        let isWanted = state.withLock { state in
            guard !state.isStopped else { return false }
            state.connection = connection
            state.address = configuration.address
            return true
        }
        guard isWanted else { return }
        connection.open { [weak self] isReady in
            guard let self, isReady else { return }
            self.state.withLock { $0.breaker.succeeded() }
            self.upSince.store(Reactor.now, ordering: .relaxed)
            self.isUp.store(true, ordering: .relaxed)
            self.settled()
            self.onEvent(.connected)
        }
    }

    private func closed() {
        isUp.store(false, ordering: .relaxed)
        settled()
        let (delay, successor) = state.withLock { state -> (Duration?, RedisConfiguration.Address?) in
            state.connection = nil
            guard !state.isStopped else { return (nil, nil) }
            defer { state.successor = nil }
            guard state.successor == nil else { return (.zero, state.successor) }
            return (.seconds(state.breaker.failed(random: Double.random(in: 0..<1))), nil)
        }
        guard let delay else { return }
        onEvent(.unavailable(nextAttemptIn: delay))
        if let successor { return connect(configuration.master(at: successor)) }
        reactor.schedule(after: delay) { [weak self] in self?.connect() }
    }

    // MARK: Commands

    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        // Not a pipeline of one: every request of a token comes here, and arrays of commands and replies cost what sending does.
        guard isAvailable, let connection = state.withLock({ $0.connection }) else { throw .unavailable }
        let start = observer == nil ? 0 : Reactor.now
        let reply = await withUnsafeContinuation { (done: UnsafeContinuation<Outcome, Never>) in
            connection.send(command) { done.resume(returning: $0) }
        }
        observer?(Reactor.now &- start, reply.failure)
        return try reply.get()
    }

    private typealias Outcome = Result<RedisReply, RedisError>

    /// Sends a command whose reply nobody waits for; lost without a word when Redis is away.
    public func post(_ command: RedisCommand) {
        guard isAvailable, let connection = state.withLock({ $0.connection }) else { return }
        connection.send(command) { _ in }
    }

    /// Sends several commands in one write; the replies come in their order.
    public func pipeline(_ commands: [RedisCommand]) async throws(RedisError) -> [Result<RedisReply, RedisError>] {
        guard isAvailable, let connection = state.withLock({ $0.connection }) else { throw .unavailable }
        guard let observer else { return await Self.send(commands, over: connection) }
        let start = Reactor.now
        let replies = await Self.send(commands, over: connection)
        observer(Reactor.now &- start, replies.lazy.compactMap(\.failure).first)
        return replies
    }

    private static func send(_ commands: [RedisCommand], over connection: RedisConnection) async
        -> [Result<RedisReply, RedisError>]
    {
        await withUnsafeContinuation { (done: UnsafeContinuation<[Result<RedisReply, RedisError>], Never>) in
            let replies = Replies(count: commands.count) { done.resume(returning: $0) }
            connection.send(
                commands.enumerated().map { index, command in
                    let completion: RedisConnection.Completion = { replies.set(index, $0) }
                    return (command, completion)
                })
        }
    }

    /// Runs a script by its hash, and by its source if the server doesn't know it yet.
    public func evaluate(_ invocation: RedisScript.Invocation) async throws(RedisError) -> RedisReply {
        do {
            return try await send(invocation.byHash)
        } catch {
            guard Self.isUnknownScript(error) else { throw error }
            return try await send(invocation.bySource)
        }
    }

    /// The same with another command in the same trip; the other command's failure is its own.
    public func evaluate(
        _ invocation: RedisScript.Invocation, with extra: RedisCommand
    ) async throws(RedisError) -> (RedisReply, RedisReply) {
        let replies = try await pipeline([invocation.byHash, extra])
        let extraReply = (try? replies[1].get()) ?? .null
        do {
            return (try replies[0].get(), extraReply)
        } catch {
            guard Self.isUnknownScript(error) else { throw error }
            return (try await send(invocation.bySource), extraReply)
        }
    }

    public func evaluate(_ script: RedisScript, keys: [String], arguments: [String]) async throws(RedisError)
        -> RedisReply
    {
        try await evaluate(script.invocation(keys: keys, arguments: arguments))
    }

    private static func isUnknownScript(_ error: RedisError) -> Bool {
        if case .server(let text) = error { text.hasPrefix("NOSCRIPT") } else { false }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

/// Collects the replies of a pipeline.
private final class Replies: Sendable {
    private let state: Mutex<(replies: [Result<RedisReply, RedisError>?], missing: Int)>
    private let done: @Sendable ([Result<RedisReply, RedisError>]) -> Void

    init(count: Int, done: @escaping @Sendable ([Result<RedisReply, RedisError>]) -> Void) {
        state = Mutex((Array(repeating: nil, count: count), count))
        self.done = done
    }

    func set(_ index: Int, _ reply: Result<RedisReply, RedisError>) {
        let all = state.withLock { state -> [Result<RedisReply, RedisError>]? in
            state.replies[index] = reply
            state.missing -= 1
            return state.missing == 0 ? state.replies.compactMap(\.self) : nil
        }
        if let all { done(all) }
    }
}
