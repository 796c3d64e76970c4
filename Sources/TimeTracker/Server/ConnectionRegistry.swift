import NIOCore

/// The open connections of one event loop: enforces their deadlines and closes them when the worker drains.
///
/// One sweep over all connections every 250 ms costs less than a timer for each request.
final class ConnectionRegistry: @unchecked Sendable {
    // Confined to `eventLoop`.
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var sweeper: RepeatedTask?
    private var emptied: EventLoopPromise<Void>?
    private(set) var isDraining = false
    /// Connections of each address that is limited.
    private var perAddress: [String: Int] = [:]
    private let maxPerAddress: Int
    let eventLoop: any EventLoop

    /// - Parameter maxPerAddress: connections of one address.
    init(eventLoop: any EventLoop, maxPerAddress: Int) {
        self.eventLoop = eventLoop
        self.maxPerAddress = maxPerAddress
    }

    func start() {
        eventLoop.execute {
            self.sweeper = self.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(250), delay: .milliseconds(250)
            ) { _ in
                self.sweep(now: .now())
            }
        }
    }

    var count: Int { connections.count }

    /// - Parameter address: under which it counts; nil for what isn't limited.
    /// - Returns: false when that address has too many already; the connection is not kept then.
    func add(_ connection: HTTPConnection, address: String?) -> Bool {
        if let address {
            let count = perAddress[address] ?? 0
            guard count < maxPerAddress else { return false }
            perAddress[address] = count + 1
        }
        connections[ObjectIdentifier(connection)] = connection
        return true
    }

    /// - Parameter address: as it was added.
    func remove(_ connection: HTTPConnection, address: String?) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        if let address, let count = perAddress[address] { perAddress[address] = count > 1 ? count - 1 : nil }
        if isDraining, connections.isEmpty { emptied?.succeed() }
    }

    /// Lets requests in flight finish; the future succeeds when the last connection is gone.
    func drain() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit {
            let promise = self.eventLoop.makePromise(of: Void.self)
            self.emptied = promise
            self.isDraining = true
            for connection in Array(self.connections.values) { connection.drain() }
            if self.connections.isEmpty { promise.succeed() }
            return promise.futureResult
        }
    }

    /// Closes a few connections so that others can come: first those that have been idle longest, then those whose clients
    /// take longest to send or to read. Those whose request is being worked on stay.
    func makeRoom() {
        let candidates = connections.values.filter { $0.worth != .busy }
        // A few at a time, since looking at all of them costs some 100 µs.
        let count = max(1, candidates.count / 64)
        let victims = candidates.sorted { ($0.worth, $0.idleSince) < ($1.worth, $1.idleSince) }.prefix(count)
        for connection in victims { connection.close() }
    }

    /// The end of a drain's patience.
    func closeAll() {
        eventLoop.execute {
            for connection in Array(self.connections.values) { connection.close() }
        }
    }

    private func sweep(now: NIODeadline) {
        for connection in Array(connections.values) where connection.deadline <= now {
            connection.deadlinePassed()
        }
    }
}
