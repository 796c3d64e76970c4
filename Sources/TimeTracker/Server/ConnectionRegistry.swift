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
    let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
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

    func add(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
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
