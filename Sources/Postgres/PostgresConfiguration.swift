/// How to reach the database and what to put up with.
public struct PostgresConfiguration: Sendable {
    /// A libpq URL or key/value string. Of several hosts the one is used that takes writes, if `target_session_attrs`
    /// doesn't say otherwise: PostgreSQL manual §34.1.1.
    public var url: String
    /// Whether any of several hosts will do, because nothing is written.
    public var isForReading = false
    /// Connections that pipelined single statements share.
    public var sharedConnections = 2
    /// Connections that can be leased at most.
    public var poolSize = 8
    /// How long a call waits for a connection to be leased.
    public var poolWait: Duration = .seconds(2)
    public var connectTimeout: Duration = .seconds(5)
    /// The server's limit for one statement; the client gives up on the connection two seconds later.
    public var statementTimeout: Duration = .seconds(15)
    public var lockTimeout: Duration = .seconds(2)
    /// The server ends a session that leaves a transaction open without using it.
    public var idleInTransactionTimeout: Duration = .seconds(30)
    public var applicationName = "timetracker"
    /// Prepared statements kept per connection.
    public var preparedStatements = 512

    public init(url: String) {
        self.url = url
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}
