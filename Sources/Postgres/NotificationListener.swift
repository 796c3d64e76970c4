import CKernel
import CPostgres
import Glibc
import Reactor
import Synchronization

/// A session that waits for notifications on some channels (LISTEN, PostgreSQL manual), and that other sessions can see
/// to be alive: while it lasts it holds an advisory lock, which the server frees as soon as the session ends, however
/// it ends.
///
/// It has a thread of its own and reconnects by itself. All methods may be called from any thread.
public final class NotificationListener: Sendable {
    public enum Event: Sendable {
        /// Listening, and holding the lock with this key. Notifications sent before are lost: look for work.
        case connected(key: Int64)
        /// One or more notifications have come, in their order.
        case notified([Notification])
        /// Not listening any more; the lock is free, or will be once the server notices.
        case lost(PostgresError, nextAttemptIn: Duration)
    }

    public struct Notification: Sendable {
        public let channel: String
        public let payload: String
    }

    private struct State {
        var key: Int64?
        var isStarted = false
        var isStopping = false
    }

    private let configuration: PostgresConfiguration
    private let hosts: Result<HostList, PostgresError>
    private let channels: [String]
    private let onEvent: @Sendable (Event) -> Void
    private let wake: Int32
    private let state = Mutex(State())

    /// - Parameters:
    ///   - channels: identifiers of ours, in lower case.
    ///   - onEvent: called on the listener's thread; must not block.
    public init(
        configuration: PostgresConfiguration, channels: [String], onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.configuration = configuration
        hosts = Result { () throws(PostgresError) in try HostList(configuration) }
        self.channels = channels
        self.onEvent = onEvent
        wake = reactor_eventfd_create()
    }

    deinit { close(wake) }

    /// Key of the advisory lock that the session holds now; nil while there is no session.
    public var key: Int64? { state.withLock { $0.key } }

    /// Starts the thread; a second call does nothing. The thread keeps the listener alive until ``stop()``.
    public func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted && !state.isStopping
        }
        guard isFirst else { return }
        let argument = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<NotificationListener>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            fatalError("pthread_create failed: \(result)")
        }
        pthread_detach(thread)
    }

    /// Ends the session soon; nothing is reported after it.
    public func stop() {
        state.withLock { $0.isStopping = true }
        reactor_eventfd_signal(wake)
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: The thread

    private func run() {
        var backoff = (try? hosts.get())?.backoff ?? Backoff()
        // Kept across sessions, so that what was claimed under it stays claimed.
        var key = Int64.random(in: 1 ... .max)
        while !isStopping {
            let error: PostgresError
            switch connect(&key) {
            case .success(let handle):
                backoff.succeeded()
                error = serve(handle.pointer, key)
                // Before the lock is free, so that nobody trusts in it any more.
                state.withLock { $0.key = nil }
                PQfinish(handle.pointer)
            case .failure(let failure):
                error = failure
            }
            guard !isStopping else { return }
            let delay = backoff.failed(random: Double.random(in: 0..<1))
            onEvent(.lost(error, nextAttemptIn: delay))
            wait(-1, milliseconds: Int32(clamping: delay.wholeMilliseconds))
        }
    }

    private func connect(_ key: inout Int64) -> Result<ConnectionHandle, PostgresError> {
        let list: HostList
        switch hosts {
        case .success(let hosts): list = hosts
        case .failure(let error): return .failure(error)
        }
        let opened = Connector.open(list, timeout: configuration.connectTimeout) { _ in true }
        guard case .success(let handle) = opened else { return opened }
        list.served(handle.host)
        do throws(PostgresError) {
            if try execute(handle.pointer, "select pg_try_advisory_lock(\(key))") != "t" {
                // The server has not yet noticed that our last session is gone.
                key = Int64.random(in: 1 ... .max)
                _ = try execute(handle.pointer, "select pg_advisory_lock(\(key))")
            }
            for channel in channels { _ = try execute(handle.pointer, "listen \(channel)") }
            return .success(handle)
        } catch {
            PQfinish(handle.pointer)
            return .failure(error)
        }
    }

    /// - Returns: the first column of the first row, as text.
    private func execute(_ connection: OpaquePointer, _ sql: String) throws(PostgresError) -> String? {
        guard let result = PQexec(connection, sql) else {
            throw PostgresError(.unavailable, message: PostgresError.connectionMessage(connection))
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return nil
        case PGRES_TUPLES_OK: return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : nil
        default: throw PostgresError(result: result)
        }
    }

    /// Reads notifications until the session ends or ``stop()``.
    private func serve(_ connection: OpaquePointer, _ key: Int64) -> PostgresError {
        state.withLock { $0.key = key }
        onEvent(.connected(key: key))
        while !isStopping {
            wait(PQsocket(connection), milliseconds: -1)
            guard PQconsumeInput(connection) == 1 else { break }
            var notifications: [Notification] = []
            while let notification = PQnotifies(connection) {
                notifications.append(
                    Notification(
                        channel: String(cString: notification.pointee.relname),
                        payload: String(cString: notification.pointee.extra)))
                PQfreemem(notification)
            }
            if !notifications.isEmpty { onEvent(.notified(notifications)) }
        }
        return PostgresError(.unavailable, message: PostgresError.connectionMessage(connection))
    }

    /// Sleeps until the socket (-1 = none) can be read, ``stop()``, or the time is over (-1 = never).
    private func wait(_ socket: Int32, milliseconds: Int32) {
        var descriptors = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, milliseconds)
    }
}
