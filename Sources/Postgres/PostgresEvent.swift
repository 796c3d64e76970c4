/// What happened to connections, for the log and for metrics.
public enum PostgresEvent: Sendable {
    public enum Use: String, Sendable {
        case shared, leased
    }

    case connected(Use)
    case connectFailed(Use, PostgresError, nextAttemptIn: Duration)
    case lost(Use, PostgresError)
    /// No connection became free within the wait.
    case poolExhausted(waiting: Int)
}
