import Observability
import Postgres
import Reactor
import Redis
import Synchronization

/// What a worker does besides requests: heartbeat, flushing counters and logs.
final class Housekeeping: Sendable {
    private let app: Application
    private let reactor: Reactor
    private let slot: SlotLine?
    private let accessLog: AccessLog?
    /// Requests that are being answered; asked on the reactor's thread.
    private let inFlight: @Sendable () -> Int
    private let isStopped = Mutex(false)

    init(
        app: Application, reactor: Reactor, slot: SlotLine?, accessLog: AccessLog?,
        inFlight: @escaping @Sendable () -> Int
    ) {
        self.app = app
        self.reactor = reactor
        self.slot = slot
        self.accessLog = accessLog
        self.inFlight = inFlight
    }

    func start() {
        slot?.beat(WallClock.monotonic())
        look()
        // The stamp is made on the reactor's thread, so that the beat stops when that is stuck.
        every(.seconds(1)) { [self] in
            slot?.beat(WallClock.monotonic())
            look()
        }
        every(.milliseconds(100)) { [accessLog] in accessLog?.flushIfDue() }
        every(.seconds(3)) { [app] in Task { await app.tokenUsage.flush(to: app.db) } }
    }

    /// Stops the timers and writes what has been collected.
    func stop() async {
        isStopped.withLock { $0 = true }
        await app.tokenUsage.flush(to: app.db)
    }

    /// How the services behind this worker are.
    private func look() {
        let isRedisUp = app.redis?.isAvailable ?? false
        let pool = app.db.statistics
        // Redis that isn't wanted isn't missing.
        var health: SlotHealth = app.redis == nil || isRedisUp ? .redis : []
        if pool.sharedOpen > 0 { health.insert(.database) }
        slot?.health = health
        let metrics = app.metrics
        metrics.set(.inFlight, inFlight())
        metrics.set(.waiting, app.admission.waiting)
        metrics.set(.postgresUp, pool.sharedOpen > 0 ? 1 : 0)
        metrics.set(.redisUp, isRedisUp ? 1 : 0)
        metrics.set(.poolWaiting, pool.waiting)
        metrics.set(.leased, pool.leased)
        metrics.set(.idle, pool.idle)
        metrics.set(.shared, pool.sharedOpen)
    }

    private func every(_ interval: Duration, _ work: @escaping @Sendable () -> Void) {
        reactor.schedule(after: interval) { [self] in
            guard !isStopped.withLock({ $0 }) else { return }
            work()
            every(interval, work)
        }
    }
}
