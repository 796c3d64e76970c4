import Reactor
import Synchronization

/// The Sentinels that watch over a master, each asked over a connection of its own (Redis documentation, "Sentinel clients").
///
/// All are asked together, so that one that is silent doesn't hold up the others, and the one that knows of the latest
/// failover is believed: one that has been cut off from the others goes on naming the former master. An epoch that nobody has
/// named before is a failover that a majority has agreed to: then the others need not be waited for.
final class SentinelPanel: Sendable {
    private let configuration: RedisConfiguration
    private let sentinels: RedisConfiguration.Sentinels
    private let reactor: Reactor
    private let connections: Mutex<[RedisConnection?]>
    /// The latest epoch that was named; nil before the first answer.
    private let epoch = Mutex<Int?>(nil)

    init(_ configuration: RedisConfiguration, _ sentinels: RedisConfiguration.Sentinels, reactor: Reactor) {
        self.configuration = configuration
        self.sentinels = sentinels
        self.reactor = reactor
        connections = Mutex(Array(repeating: nil, count: sentinels.addresses.count))
    }

    /// Asks where the master is; `done` is called once, on any thread, with nil when nobody knows.
    func ask(_ done: @escaping @Sendable (RedisConfiguration.Address?) -> Void) {
        let ballot = SentinelBallot(voters: sentinels.addresses.count, known: epoch.withLock(\.self)) {
            [weak self] answer in
            if let self, let answer { epoch.withLock { $0 = max($0 ?? answer.epoch, answer.epoch) } }
            done(answer?.address)
        }
        reactor.schedule(after: configuration.commandTimeout) { ballot.close() }
        for index in sentinels.addresses.indices { ask(index, ballot) }
    }

    func close() {
        let open = connections.withLock { connections in
            defer { connections = connections.map { _ in nil } }
            return connections.compactMap(\.self)
        }
        for connection in open { connection.close() }
    }

    private func ask(_ index: Int, _ ballot: SentinelBallot) {
        if let connection = connections.withLock({ $0[index] }) { return ask(connection, ballot) }
        let connection = RedisConnection(
            configuration: configuration.sentinel(sentinels, at: sentinels.addresses[index]), reactor: reactor
        ) { [weak self] in self?.connections.withLock { $0[index] = nil } }
        connections.withLock { $0[index] = connection }
        connection.open { [self] isReady in
            if isReady { ask(connection, ballot) } else { ballot.vote(nil) }
        }
    }

    private func ask(_ connection: RedisConnection, _ ballot: SentinelBallot) {
        let completion: RedisConnection.Completion = { result in
            ballot.vote((try? result.get()).flatMap(SentinelAnswer.init))
        }
        connection.send([(RedisCommand(["SENTINEL", "MASTER", sentinels.master]), completion)])
    }
}

/// What a Sentinel knows of a master; pure.
struct SentinelAnswer: Sendable, Equatable {
    let address: RedisConfiguration.Address
    /// Grows with each failover.
    let epoch: Int

    init(address: RedisConfiguration.Address, epoch: Int) {
        self.address = address
        self.epoch = epoch
    }

    /// - Parameter reply: to `SENTINEL MASTER`: names and values in turn.
    init?(_ reply: RedisReply) {
        guard case .array(let parts) = reply else { return nil }
        let texts = parts.map { part in
            if case .string(let bytes) = part { String(decoding: bytes, as: UTF8.self) } else { "" }
        }
        func value(_ name: String) -> String? {
            stride(from: 0, to: texts.count - 1, by: 2).first { texts[$0] == name }.map { texts[$0 + 1] }
        }
        guard let host = value("ip"), !host.isEmpty, let port = value("port").flatMap({ Int($0) }) else { return nil }
        address = .tcp(host: host, port: port)
        epoch = value("config-epoch").flatMap { Int($0) } ?? 0
    }
}

/// Collects the answers of the Sentinels, until all have come, or one tells of a new failover, or the time is over.
final class SentinelBallot: Sendable {
    typealias Completion = @Sendable (SentinelAnswer?) -> Void

    private struct State {
        var missing: Int
        var best: SentinelAnswer?
        var done: Completion?
    }

    private let known: Int?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - known: the latest epoch that was known before.
    ///   - done: called once, with the answer of the latest epoch.
    init(voters: Int, known: Int?, done: @escaping Completion) {
        self.known = known
        state = Mutex(State(missing: voters, done: done))
    }

    func vote(_ answer: SentinelAnswer?) {
        let isDecided = state.withLock { state in
            if let answer, answer.epoch >= state.best?.epoch ?? 0 { state.best = answer }
            state.missing -= 1
            if state.missing == 0 { return true }
            guard let known, let answer else { return false }
            return answer.epoch > known
        }
        if isDecided { close() }
    }

    func close() {
        let (done, best) = state.withLock { state in
            defer { state.done = nil }
            return (state.done, state.best)
        }
        done?(best)
    }
}
