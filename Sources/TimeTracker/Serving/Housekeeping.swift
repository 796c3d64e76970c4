import Observability
import Reactor
import Synchronization

/// What a worker does besides requests: heartbeat, flushing counters and logs.
final class Housekeeping: Sendable {
    private let app: Application
    private let reactor: Reactor
    private let slot: SlotLine?
    private let accessLog: AccessLog?
    private let isStopped = Mutex(false)

    init(app: Application, reactor: Reactor, slot: SlotLine?, accessLog: AccessLog?) {
        self.app = app
        self.reactor = reactor
        self.slot = slot
        self.accessLog = accessLog
    }

    func start() {
        slot?.beat(WallClock.monotonic())
        // The stamp is made on the reactor's thread, so that the beat stops when that is stuck.
        every(.seconds(1)) { [slot] in slot?.beat(WallClock.monotonic()) }
        every(.milliseconds(100)) { [accessLog] in accessLog?.flushIfDue() }
        every(.seconds(3)) { [app] in Task { await app.tokenUsage.flush(to: app.db) } }
    }

    /// Stops the timers and writes what has been collected.
    func stop() async {
        isStopped.withLock { $0 = true }
        await app.tokenUsage.flush(to: app.db)
    }

    private func every(_ interval: Duration, _ work: @escaping @Sendable () -> Void) {
        reactor.schedule(after: interval) { [self] in
            guard !isStopped.withLock({ $0 }) else { return }
            work()
            every(interval, work)
        }
    }
}
