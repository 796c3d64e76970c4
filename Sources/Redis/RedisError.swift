/// Why a command got no reply. Callers fall back; nothing here is for clients of the API.
public enum RedisError: Error, Sendable, Equatable {
    /// There is no connection, or too much is in flight on it.
    case unavailable
    /// No reply within the command timeout; the connection has been given up.
    case timeout
    case connectionLost
    /// The server answered with an error.
    case server(String)
}
