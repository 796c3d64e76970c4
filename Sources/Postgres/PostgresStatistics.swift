/// A moment's view of the connections.
public struct PostgresStatistics: Sendable, Equatable {
    /// Shared connections that are up.
    public var sharedOpen: Int
    /// Statements sent over shared connections and not yet answered.
    public var sharedInFlight: Int
    public var leased: Int
    public var idle: Int
    /// Calls waiting for a connection to be leased.
    public var waiting: Int
}
