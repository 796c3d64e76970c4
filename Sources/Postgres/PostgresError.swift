/// Why a call to the database failed. Never holds a bound value.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// No connection, or it was lost where nothing can have been committed: the call may be repeated.
        case unavailable
        /// The connection was lost after the statement was sent: whether it took effect is unknown.
        case connectionLost
        /// No connection of the pool became free in time.
        case poolTimeout
        /// The statement ran longer than the statement timeout, SQLSTATE 57014.
        case timeout
        /// A lock was not granted in time, SQLSTATE 55P03.
        case lockTimeout
        case uniqueViolation
        case foreignKeyViolation
        case checkViolation
        case notNullViolation
        case exclusionViolation
        /// Serialization failure or deadlock, SQLSTATE 40001 and 40P01: the transaction may be repeated.
        case serialization
        /// A value does not fit its type, SQLSTATE class 22.
        case invalidInput
        /// Disk or memory is used up, SQLSTATE class 53 but for too many connections: nothing has been changed.
        case insufficientResources
        /// The task was cancelled while it waited for a connection.
        case cancelled
        case other
    }

    public let code: Code
    /// Five characters as the server sent them, nil for an error of the client's own.
    public let sqlState: String?
    /// The violated constraint; for a not-null violation, the column.
    public let constraint: String?
    /// For logs, not for clients of the API.
    public let message: String

    public init(_ code: Code, sqlState: String? = nil, constraint: String? = nil, message: String) {
        self.code = code
        self.sqlState = sqlState
        self.constraint = constraint
        self.message = message
    }

    public var description: String {
        var text = "\(code)"
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " (\(constraint))" }
        return "\(text): \(message)"
    }
}
