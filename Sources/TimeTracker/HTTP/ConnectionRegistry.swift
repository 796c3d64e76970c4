import Reactor

/// The open connections of a worker: enforces their deadlines and closes them when the worker drains.
///
/// One sweep over all connections every 250 ms costs less than a timer for each request. Confined to the reactor's thread.
final class ConnectionRegistry: @unchecked Sendable {
    private static let sweepInterval = Duration.milliseconds(250)
    /// Connections that a sweep ends; more of them wait for the next one, which comes soon then.
    private static let sweepSize = 32
    private static let sweepPause = Duration.milliseconds(3)

    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var onEmpty: (() -> Void)?
    private(set) var isDraining = false
    /// Connections of each network that is limited.
    private var perNetwork: [String: Int] = [:]
    private let maxPerAddress: Int
    private let reactor: Reactor
    private let onCount: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - maxPerAddress: connections of one address.
    ///   - onCount: told of each connection that comes (1) or goes (-1).
    init(reactor: Reactor, maxPerAddress: Int, onCount: @escaping @Sendable (Int) -> Void) {
        self.reactor = reactor
        self.maxPerAddress = maxPerAddress
        self.onCount = onCount
    }

    func start() { scheduleSweep() }

    var count: Int { connections.count }

    /// - Returns: false when its address has too many already; the connection is not kept then.
    func add(_ connection: HTTPConnection) -> Bool {
        if let network = connection.peer.limitedNetwork {
            let count = perNetwork[network] ?? 0
            guard count < maxPerAddress else { return false }
            perNetwork[network] = count + 1
        }
        connections[ObjectIdentifier(connection)] = connection
        onCount(1)
        return true
    }

    func remove(_ connection: HTTPConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        onCount(-1)
        if let network = connection.peer.limitedNetwork, let count = perNetwork[network] {
            perNetwork[network] = count > 1 ? count - 1 : nil
        }
        guard isDraining, connections.isEmpty else { return }
        onEmpty?()
        onEmpty = nil
    }

    /// Lets requests in flight finish; returns when the last connection is gone, or at the deadline, when what is left is
    /// closed.
    func drain(within limit: Duration) async {
        await withCheckedContinuation { continuation in
            reactor.execute { [self] in
                isDraining = true
                onEmpty = { continuation.resume() }
                for connection in Array(connections.values) { connection.drain() }
                if connections.isEmpty {
                    onEmpty?()
                    onEmpty = nil
                }
                reactor.schedule(after: limit) { [self] in
                    for connection in Array(connections.values) { connection.close() }
                }
            }
        }
    }

    /// Closes a few connections so that others can come: first those that have been idle longest, then those whose clients
    /// take longest to send or to read. Those whose request is being worked on stay.
    func makeRoom() {
        let candidates = connections.values.filter { $0.worth != .busy }
        // A few at a time, since looking at all of them costs some 100 µs: numbers are sorted, not connections.
        let count = max(1, candidates.count / 64)
        var ranks = candidates.indices.map { (rank: candidates[$0].rank, index: $0) }
        ranks.sort { $0.rank < $1.rank }
        for (_, index) in ranks.prefix(count) { candidates[index].close() }
    }

    /// Thousands of connections that came together are late together; closing them all at once would hold the thread.
    private func scheduleSweep(after delay: Duration = sweepInterval) {
        reactor.schedule(after: delay) { [weak self] in
            guard let self else { return }
            let now = Reactor.now
            let late = connections.values.lazy.filter { $0.deadline <= now }.prefix(Self.sweepSize)
            let victims = Array(late)
            for connection in victims { connection.deadlinePassed() }
            scheduleSweep(after: victims.count < Self.sweepSize ? Self.sweepInterval : Self.sweepPause)
        }
    }
}
