import Logging
import Postgres
import Synchronization

/// The database session by which others see that this process lives, and on which it hears of new deliveries.
final class LiveSession: Sendable {
    private let listener: NotificationListener
    private let engine: EngineReference

    /// Made before the engine, which needs the key.
    private final class EngineReference: Sendable {
        let value = Mutex<DeliveryEngine?>(nil)
    }

    init(configuration: PostgresConfiguration, logger: Logger) {
        let engine = EngineReference()
        self.engine = engine
        listener = NotificationListener(configuration: configuration, channels: ["webhook_deliveries"]) { event in
            switch event {
            case .connected: logger.debug("listening for webhook deliveries")
            case .notified: break
            case .lost(let error, let delay):
                logger.warning(
                    "not listening for webhook deliveries",
                    metadata: ["detail": "\(error.message)", "retry_in": "\(delay)"])
                return
            }
            engine.value.withLock { $0 }?.wake()
        }
    }

    /// Nil while there is no session.
    var key: Int64? { listener.key }

    func start(_ engine: DeliveryEngine) {
        self.engine.value.withLock { $0 = engine }
        listener.start()
    }

    func stop() { listener.stop() }
}
