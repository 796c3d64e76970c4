import Glibc
import HTTPClient
import Logging
import Observability
import Postgres
import Reactor
import Redis

/// One jobs process: sends webhooks, folds the totals of bookings and looks for idle timers until TERM, then lets what is
/// being sent finish. Any number of hosts may run one.
public struct Jobs: Sendable {
    /// Connections to PostgreSQL that the process opens at most.
    public static let connections = 6

    private static let tick: Duration = .seconds(1)
    private static let measureInterval: Duration = .seconds(5)
    private static let sweepInterval: Duration = .seconds(3600)
    private static let idleInterval: Duration = .seconds(60)

    let configuration: AppConfiguration
    let logger: Logger
    let flushLog: @Sendable () -> Void
    /// The host's status board; nil without a supervisor.
    let board: StatusBoard?

    /// - Parameter flushLog: called about ten times a second.
    public init(
        configuration: AppConfiguration, logger: Logger, board: StatusBoard? = nil,
        flushLog: @escaping @Sendable () -> Void
    ) {
        self.board = board
        self.configuration = configuration
        self.logger = logger
        self.flushLog = flushLog
    }

    /// Works until `stop` yields; then returns within the drain timeout.
    /// - Throws: when the services can't be made; a database that is away is no reason.
    public func run(until stop: StopSignal) async throws {
        let reactor = try Reactor(name: "tt-io")
        reactor.start()
        let metrics = ServiceMetrics(board: board) { $0.jobsPlace }
        let webhooks = WebhookMetrics(metrics.factory)
        let db = PostgresClient(
            configuration: postgres, reactor: reactor, observer: metrics.postgresObserver,
            onEvent: ServiceEvents.log(to: logger))
        db.start()
        let redis = configuration.redis.map {
            RedisClient(
                configuration: $0, reactor: reactor, onEvent: ServiceEvents.logRedis(to: logger),
                observer: metrics.redisObserver)
        }
        redis?.start()
        let http = HTTPClient(reactor: reactor)
        let resolver = AddressResolver(threads: DeliveryEngine.maxConcurrent)
        let store = DeliveryStore(db: db)
        let session = LiveSession(configuration: postgres, logger: logger)
        let engine = DeliveryEngine(
            store: store,
            sender: WebhookSender(
                http: http, resolver: resolver, reachesPrivateNetworks: configuration.webhooksReachPrivateNetworks),
            disableAfter: configuration.webhookFailuresBeforeDisabling, metrics: webhooks, logger: logger,
            claimKey: { session.key })
        session.start(engine)
        // All of it lives on the reactor's thread.
        let work = Task(executorPreference: reactor) { await engine.run() }
        let chores = [
            Task(executorPreference: reactor) { await tend(store, engine) },
            Task(executorPreference: reactor) { await sweep(RetentionSweep(db: db, logger: logger)) },
            Task(executorPreference: reactor) { await watch(idleTimers(db, redis)) },
            Task(executorPreference: reactor) { await EntryDeltas(db: db, logger: logger).run() },
            Task(executorPreference: reactor) { await flush() },
            Task(executorPreference: reactor) { await measure(store, webhooks) },
        ]
        logger.info("jobs ready", metadata: ["pid": "\(getpid())"])
        await stop.wait()
        logger.info("jobs draining", metadata: ["in_flight": "\(engine.inFlight)"])
        engine.stop()
        await finish(work)
        for chore in chores { chore.cancel() }
        await http.shutdown()
        await db.shutdown(within: .seconds(2))
        await redis?.shutdown()
        session.stop()
        reactor.stop()
        flushLog()
    }

    private var postgres: PostgresConfiguration {
        var postgres = configuration.postgres
        postgres.sharedConnections = 1
        postgres.poolSize = Self.connections - 2
        // Many attempts may end at the same moment; their results can wait in line.
        postgres.poolWait = .seconds(30)
        postgres.applicationName = "timetracker-jobs"
        return postgres
    }

    /// Waits for the work, but no longer than the drain timeout: what is still being sent then is left, and as the claims
    /// end with this process, sent again by the next.
    private func finish(_ work: Task<Void, Never>) async {
        let (ends, end) = AsyncStream<Void>.makeStream()
        // The last second is for writing down what came of it.
        let limit = Duration.seconds(max(1, configuration.drainTimeout - 1))
        let deadline = Task {
            try? await Task.sleep(for: limit)
            end.finish()
        }
        Task {
            await work.value
            end.finish()
        }
        for await _ in ends {}
        deadline.cancel()
        work.cancel()
    }

    /// Once a second, for what no notification tells: retries that become due, processes that died, webhooks switched off.
    private func tend(_ store: DeliveryStore, _ engine: DeliveryEngine) async {
        while !Task.isCancelled {
            do {
                let released = try await store.releaseDead()
                if released > 0 {
                    logger.notice("took over from a process that died", metadata: ["deliveries": "\(released)"])
                }
                try await store.failInactive()
            } catch {
                logger.debug("webhook chores failed", metadata: ["detail": "\(error)"])
            }
            engine.wake()
            try? await Task.sleep(for: Self.tick)
        }
    }

    private func measure(_ store: DeliveryStore, _ metrics: WebhookMetrics) async {
        while !Task.isCancelled {
            if let queue = try? await store.queue() { metrics.queue(pending: queue.pending, lag: queue.lag) }
            try? await Task.sleep(for: Self.measureInterval)
        }
    }

    private func sweep(_ sweep: RetentionSweep) async {
        while !Task.isCancelled {
            await sweep.run()
            try? await Task.sleep(for: Self.sweepInterval)
        }
    }

    private func idleTimers(_ db: PostgresClient, _ redis: RedisClient?) -> IdleTimers {
        let keyPrefix = configuration.redisKeyPrefix
        // A process without browsers doesn't listen for who watches; idle timers are few.
        let news = EntryNews(db: db, hearsAnnouncements: false)
        let figures = KeptFigures(redis: redis, keyPrefix: keyPrefix, news: news)
        return IdleTimers(db: db, logger: logger) { figures.forget(userID: $0) }
    }

    private func watch(_ timers: IdleTimers) async {
        while !Task.isCancelled {
            await timers.run()
            try? await Task.sleep(for: Self.idleInterval)
        }
    }

    private func flush() async {
        while !Task.isCancelled {
            flushLog()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
