import CPostgres
import Glibc
import Reactor

/// A libpq connection on its way from one thread to the next; whoever holds it is its only user.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// Opens connections on helper threads.
///
/// libpq resolves names with blocking calls, for each host of the URL in turn, and a SCRAM or TLS handshake is
/// milliseconds of arithmetic: neither belongs on the reactor.
enum Connector {
    typealias Completion = @Sendable (Result<ConnectionHandle, PostgresError>) -> Void

    private final class Attempt: Sendable {
        let settings: ConnectionSettings
        let timeout: Duration
        let completion: Completion

        init(settings: ConnectionSettings, timeout: Duration, completion: @escaping Completion) {
            self.settings = settings
            self.timeout = timeout
            self.completion = completion
        }
    }

    /// Calls `completion` once, on the helper thread: with a non-blocking connection in pipeline mode, or `.unavailable`.
    static func connect(_ settings: ConnectionSettings, timeout: Duration, completion: @escaping Completion) {
        let attempt = Attempt(settings: settings, timeout: timeout, completion: completion)
        let argument = Unmanaged.passRetained(attempt)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let attempt = Unmanaged<Attempt>.fromOpaque(argument).takeRetainedValue()
                attempt.completion(
                    Connector.open(attempt.settings, timeout: attempt.timeout) { connection in
                        PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
                    })
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            completion(.failure(PostgresError(.unavailable, message: "no thread to connect on, errno \(result)")))
            return
        }
        pthread_detach(thread)
    }

    /// Connects on the calling thread.
    /// - Parameter prepare: makes the connection what its user needs; false when it can't.
    static func open(
        _ settings: ConnectionSettings, timeout: Duration, prepare: (OpaquePointer) -> Bool
    ) -> Result<ConnectionHandle, PostgresError> {
        let deadline = Reactor.now &+ timeout.wholeNanoseconds
        guard let connection = start(settings) else {
            return .failure(PostgresError(.unavailable, message: "out of memory"))
        }
        // Notices go nowhere: libpq would print them on standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        if let message = establish(connection, deadline: deadline, prepare) {
            PQfinish(connection)
            return .failure(PostgresError(.unavailable, message: message))
        }
        return .success(ConnectionHandle(pointer: connection))
    }

    private static func start(_ settings: ConnectionSettings) -> OpaquePointer? {
        let keys = settings.pairs.map { strdup($0.key) }
        let values = settings.pairs.map { strdup($0.value) }
        defer { for string in keys + values { free(string) } }
        let keyPointers = keys.map { UnsafePointer<CChar>($0) } + [nil]
        let valuePointers = values.map { UnsafePointer<CChar>($0) } + [nil]
        return PQconnectStartParams(keyPointers, valuePointers, 0)
    }

    /// Returns what went wrong, nil when the connection is ready for use.
    private static func establish(
        _ connection: OpaquePointer, deadline: UInt64, _ prepare: (OpaquePointer) -> Bool
    ) -> String? {
        guard PQstatus(connection) != CONNECTION_BAD else { return PostgresError.connectionMessage(connection) }
        var events = Int16(POLLOUT)
        while true {
            // libpq opens a new socket for every address it tries, so the number is asked for each time.
            guard wait(PQsocket(connection), events, deadline) else { return "timed out" }
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: return prepare(connection) ? nil : PostgresError.connectionMessage(connection)
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: return PostgresError.connectionMessage(connection)
            }
        }
    }

    private static func wait(_ socket: Int32, _ events: Int16, _ deadline: UInt64) -> Bool {
        while true {
            let now = Reactor.now
            guard now < deadline else { return false }
            var descriptor = pollfd(fd: socket, events: events, revents: 0)
            let result = poll(&descriptor, 1, Int32(clamping: (deadline - now + 999_999) / 1_000_000))
            if result > 0 { return true }
            guard result == 0 || errno == EINTR else { return false }
        }
    }
}
