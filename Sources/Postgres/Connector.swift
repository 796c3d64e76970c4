import CPostgres
import Glibc
import Reactor

/// A libpq connection on its way from one thread to the next; whoever holds it is its only user.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Index in the ``HostList``.
    let host: Int
}

/// Opens connections on helper threads.
///
/// libpq resolves names with blocking calls, and a SCRAM or TLS handshake is milliseconds of arithmetic: neither belongs on
/// the reactor.
enum Connector {
    typealias Completion = @Sendable (Result<ConnectionHandle, PostgresError>) -> Void

    private final class Attempt: Sendable {
        let list: HostList
        let order: [Int]
        let timeout: Duration
        let completion: Completion

        init(list: HostList, order: [Int], timeout: Duration, completion: @escaping Completion) {
            self.list = list
            self.order = order
            self.timeout = timeout
            self.completion = completion
        }
    }

    /// Calls `completion` once, on the helper thread: with a non-blocking connection in pipeline mode, or `.unavailable`.
    ///
    /// - Parameter order: which hosts to try; nil = all of them.
    static func connect(
        _ list: HostList, order: [Int]? = nil, timeout: Duration, completion: @escaping Completion
    ) {
        let attempt = Attempt(list: list, order: order ?? list.order, timeout: timeout, completion: completion)
        let argument = Unmanaged.passRetained(attempt)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let attempt = Unmanaged<Attempt>.fromOpaque(argument).takeRetainedValue()
                attempt.completion(
                    Connector.open(attempt.list, order: attempt.order, timeout: attempt.timeout) { connection in
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
        _ list: HostList, order: [Int]? = nil, timeout: Duration, prepare: (OpaquePointer) -> Bool
    ) -> Result<ConnectionHandle, PostgresError> {
        var race = ConnectionRace(list, order: order ?? list.order, timeout: timeout)
        return race.run(prepare)
    }
}
