extension PostgresError.Code {
    /// The one table from SQLSTATE to code; PostgreSQL manual, appendix A.
    init(sqlState: String) {
        self =
            switch sqlState {
            case "23505": .uniqueViolation
            case "23503": .foreignKeyViolation
            case "23514": .checkViolation
            case "23502": .notNullViolation
            case "23P01": .exclusionViolation
            case "40001", "40P01": .serialization
            case "55P03": .lockTimeout
            case "57014": .timeout
            // Shut down by the administrator, crashed, starting up or shutting down, too many connections.
            case "57P01", "57P02", "57P03", "53300": .unavailable
            // A former primary that now only reads.
            case PostgresError.readOnlyState: .unavailable
            // Idle in a transaction for too long; the server has hung up.
            case "25P03": .unavailable
            case _ where sqlState.hasPrefix("08"): .unavailable
            case _ where sqlState.hasPrefix("22"): .invalidInput
            case _ where sqlState.hasPrefix("53"): .insufficientResources
            default: .other
            }
    }

    /// Whether a connection that reported this SQLSTATE must not be used again.
    static func endsConnection(sqlState: String) -> Bool {
        PostgresError.Code(sqlState: sqlState) == .unavailable
    }

    /// Whether the prepared statement is at fault, so that preparing it anew may help: it is unknown to the server,
    /// or its result type has changed with a migration.
    static func isStalePreparation(sqlState: String, message: String) -> Bool {
        sqlState == "26000" || (sqlState == "0A000" && message.hasPrefix("cached plan must not change"))
    }
}

extension PostgresError {
    /// read_only_sql_transaction: the host is not, or no longer, the primary. The statement did nothing.
    static let readOnlyState = "25006"
}
