import Logging
import Postgres
import Redis

/// Log lines for what happens to the connections to PostgreSQL and Redis.
enum ServiceEvents {
    static func log(to logger: Logger) -> @Sendable (PostgresEvent) -> Void {
        { event in
            switch event {
            case .connected(let use): logger.debug("PostgreSQL connected", metadata: ["use": "\(use.rawValue)"])
            case .connectFailed(let use, let error, let delay):
                logger.warning(
                    "PostgreSQL connect failed",
                    metadata: ["use": "\(use.rawValue)", "detail": "\(error.message)", "retry_in": "\(delay)"])
            case .lost(let use, let error):
                logger.warning(
                    "PostgreSQL connection lost", metadata: ["use": "\(use.rawValue)", "detail": "\(error.message)"])
            case .poolExhausted(let waiting):
                logger.warning("PostgreSQL pool exhausted", metadata: ["waiting": "\(waiting)"])
            }
        }
    }

    static func logRedis(to logger: Logger) -> @Sendable (RedisEvent) -> Void {
        { event in
            switch event {
            case .connected: logger.info("Redis connected")
            case .unavailable(let delay): logger.warning("Redis unavailable", metadata: ["retry_in": "\(delay)"])
            }
        }
    }
}
