import Logging
import Postgres
import Synchronization

/// Claims due deliveries and sends them, many webhooks at a time and each webhook's one after the other.
final class DeliveryEngine: Sendable {
    /// Webhooks that are sent to at the same time. A receiver that stalls takes one of the places for its timeout.
    static let maxConcurrent = 64

    private struct State {
        /// Deliveries that are being sent or recorded.
        var inFlight: Set<Int64> = []
        var strayCheck: ContinuousClock.Instant?
        var isStopping = false
        var isFailing = false
    }

    private static let strayInterval: Duration = .seconds(5)

    private let store: DeliveryStore
    private let sender: WebhookSender
    private let disableAfter: Int
    private let metrics: WebhookMetrics
    private let logger: Logger
    private let claimKey: @Sendable () -> Int64?
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameter claimKey: the lock that proves this process to be alive; nothing is claimed while it is nil.
    init(
        store: DeliveryStore, sender: WebhookSender, disableAfter: Int, metrics: WebhookMetrics, logger: Logger,
        claimKey: @escaping @Sendable () -> Int64?
    ) {
        self.store = store
        self.sender = sender
        self.disableAfter = disableAfter
        self.metrics = metrics
        self.logger = logger
        self.claimKey = claimKey
        // Any number of calls while one look is going on make one more look.
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var inFlight: Int { state.withLock { $0.inFlight.count } }

    /// Looks for due deliveries soon.
    func wake() { waker.yield() }

    /// Claims nothing more; ``run()`` returns when what is being sent has been sent.
    func stop() {
        state.withLock { $0.isStopping = true }
        waker.finish()
    }

    /// Works until ``stop()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                for delivery in await claim() {
                    group.addTask {
                        await self.deliver(delivery)
                        _ = self.state.withLock { $0.inFlight.remove(delivery.id) }
                        self.wake()
                    }
                }
            }
        }
    }

    private func claim() async -> [ClaimedDelivery] {
        let free = state.withLock { $0.isStopping ? 0 : Self.maxConcurrent - $0.inFlight.count }
        guard free > 0, let key = claimKey() else { return [] }
        do {
            try await releaseStray(key)
            let claimed = try await store.claim(atMost: free, key: key)
            state.withLock { $0.inFlight.formUnion(claimed.map(\.id)) }
            note(nil)
            return claimed
        } catch {
            note(error)
            return []
        }
    }

    /// A claim whose COMMIT got no answer may have been made all the same. Only ``run()`` claims, and one at a time, so that
    /// what is claimed under our key but not in flight can be told.
    private func releaseStray(_ key: Int64) async throws {
        let now = ContinuousClock.now
        let inFlight: Set<Int64>? = state.withLock { state in
            if let last = state.strayCheck, now - last < Self.strayInterval { return nil }
            state.strayCheck = now
            return state.inFlight
        }
        guard let inFlight else { return }
        try await store.release(claimedBy: key, except: Array(inFlight))
    }

    /// Logs the first failure of a row.
    private func note(_ error: (any Error)?) {
        let wasFailing = state.withLock { state in
            defer { state.isFailing = error != nil }
            return state.isFailing
        }
        if let error, !wasFailing { logger.warning("webhooks can't be claimed", metadata: ["detail": "\(error)"]) }
        if error == nil, wasFailing { logger.notice("webhooks can be claimed again") }
    }

    private func deliver(_ delivery: ClaimedDelivery) async {
        let outcome = await sender.send(delivery)
        metrics.attempted(milliseconds: outcome.milliseconds, isDelivered: outcome.failure == nil)
        var metadata: Logger.Metadata = [
            "webhook_id": "\(delivery.webhookID)", "delivery_id": "\(delivery.id)", "event_id": "\(delivery.eventID)",
            "duration_ms": "\(outcome.milliseconds)",
        ]
        if let code = outcome.statusCode { metadata["status"] = "\(code)" }
        if let failure = outcome.failure {
            metadata["error_type"] = "\(failure.type.rawValue)"
            logger.info("webhook attempt failed", metadata: metadata)
        } else {
            logger.debug("webhook delivered", metadata: metadata)
        }
        await record(outcome, delivery)
    }

    /// Until it is written, or the process ends: then the claim is void and the delivery is sent again.
    private func record(_ outcome: DeliveryOutcome, _ delivery: ClaimedDelivery) async {
        var outcome = outcome
        var delay = Duration.milliseconds(100)
        while !Task.isCancelled {
            do throws(PostgresError) {
                return try await store.record(outcome, of: delivery, disableAfter: disableAfter)
            } catch {
                logger.warning(
                    "a webhook attempt can't be recorded",
                    metadata: ["delivery_id": "\(delivery.id)", "detail": "\(error)"])
                // Whatever a receiver may have answered that PostgreSQL can't store, the attempt itself counts.
                if error.code == .invalidInput { outcome.dropAnswer() }
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(5))
            }
        }
    }
}
