/// Told how long things took, for metrics. Called in the task that waited; must not block.
public struct PostgresObserver: Sendable {
    /// A request was answered after so many nanoseconds.
    public var answered: @Sendable (UInt64, PostgresError?) -> Void
    /// A wait for a connection to be leased ended after so many nanoseconds.
    public var waited: @Sendable (UInt64, PostgresError?) -> Void

    public init(
        answered: @escaping @Sendable (UInt64, PostgresError?) -> Void,
        waited: @escaping @Sendable (UInt64, PostgresError?) -> Void
    ) {
        self.answered = answered
        self.waited = waited
    }
}
