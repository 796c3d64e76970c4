import HTTPTypes
import Logging
import Postgres

/// Turns every error that leaves a handler into the standard error body; what is unknown becomes an opaque 500.
public struct Faults: Sendable {
    let logger: Logger

    func reply(to error: any Error, _ exchange: Exchange) -> Reply {
        switch error {
        case let error as APIError: error.reply
        case let error as HTTPRefusal: APIError(error).reply
        case let error as ValidationError: APIError.validation(error.errors).reply
        case let error as PostgresError: reply(to: error, exchange)
        case is CancellationError: APIError.unavailable(retryAfter: 1).reply
        default: opaque("unexpected error", "\(error)", exchange)
        }
    }

    private func reply(to error: PostgresError, _ exchange: Exchange) -> Reply {
        switch error.code {
        case .unavailable, .connectionLost:
            logger.warning(
                "PostgreSQL unavailable",
                metadata: [
                    "request_id": "\(exchange.requestID)",
                    "detail": "\(RawText(error.message).prefix(codePoints: 1000).unchecked)",
                ])
            return APIError.unavailable("database_unavailable", retryAfter: 2).reply
        case .poolTimeout, .cancelled:
            return APIError.unavailable("overloaded", retryAfter: 1).reply
        case .timeout:
            return APIError.unavailable("database_timeout", retryAfter: 5).reply
        case .insufficientResources:
            // Nothing was changed, and there may be room again: clients that repeat requests shall repeat this one.
            logger.error("PostgreSQL has no room", metadata: metadata(error, exchange))
            return APIError.unavailable("database_unavailable", retryAfter: 5).reply
        case .lockTimeout, .serialization:
            var refusal = APIError.conflict("Another request is changing the same object")
            refusal.headers = [("retry-after", "1")]
            return refusal.reply
        case .invalidInput:
            // Class 22: a value that passed our checks but doesn't fit its column. A client's mistake all the same.
            logger.notice(
                "PostgreSQL refused a value",
                metadata: ["request_id": "\(exchange.requestID)", "sqlstate": "\(error.sqlState ?? "-")"])
            return APIError.unfittingValue.reply
        case .uniqueViolation, .foreignKeyViolation, .checkViolation:
            return (Constraints.refusal(of: error) ?? APIError.conflict("The change conflicts with existing data"))
                .reply
        default:
            logger.error("database error", metadata: metadata(error, exchange))
            return APIError(
                .internalServerError, "database_error", "Internal server error", message: "A database error occurred"
            )
            .reply
        }
    }

    private func metadata(_ error: PostgresError, _ exchange: Exchange) -> Logger.Metadata {
        [
            "request_id": "\(exchange.requestID)", "sqlstate": "\(error.sqlState ?? "-")",
            "detail": "\(RawText(error.message).prefix(codePoints: 1000).unchecked)",
        ]
    }

    private func opaque(_ message: Logger.Message, _ detail: String, _ exchange: Exchange) -> Reply {
        logger.error(
            message,
            metadata: [
                "request_id": "\(exchange.requestID)",
                "detail": "\(RawText(detail).prefix(codePoints: 1000).unchecked)",
            ])
        return APIError.internalError.reply
    }
}
