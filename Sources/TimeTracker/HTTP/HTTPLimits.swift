/// What one connection may cost: sizes in bytes, times in seconds.
public struct HTTPLimits: Sendable {
    /// Request line plus header fields; above it 431 (RFC 6585 §5).
    public var maxHeaderBytes = 64 * 1024
    /// What no route's own limit exceeds; above it 413.
    public var maxBodyBytes = 16 * 1024 * 1024
    /// From the first byte of a request (or the accept of the connection) to the end of its head.
    public var headerTimeout = 10
    /// Allowed for a body beyond what ``minBodyRate`` grants.
    public var bodyTimeout = 30
    /// Bytes a second a body must bring, so that a slow client can't hold a connection for ever.
    public var minBodyRate = 16 * 1024
    /// Between two requests of a kept-alive connection.
    public var idleTimeout = 75
    /// For a client to take a response off our hands.
    public var writeTimeout = 30
    /// How long input is discarded after a reply that refused to read it (RFC 9112 §9.6).
    public var lingerTimeout = 2
    public var maxRequestsPerConnection = 10_000
    public var maxConnections = 4096
    /// Of one address, unless it is a trusted proxy's.
    public var maxConnectionsPerAddress = 256
    /// Bodies, and heads beyond 8 KiB, in memory at once; above it 503.
    public var maxBodyBytesPerWorker = 64 * 1024 * 1024
    /// The same for one client.
    public var maxBodyBytesPerClient = 32 * 1024 * 1024

    public init() {}
}
