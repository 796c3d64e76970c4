import Reactor
import Synchronization

/// Runs password hashing away from the event loop: one thread, because it takes 32 MiB and tens of milliseconds.
///
/// At most ``capacity`` sign-ins are under way in a worker, and none waits longer than ``longestWait`` for its turn; what
/// comes on top is refused at once, so that a crowd at the door costs everybody else a refusal instead of a long wait.
final class PasswordVerifier: Sendable {
    /// One that is being hashed, and 16 that wait.
    static let capacity = 17
    /// Nanoseconds.
    static let longestWait: UInt64 = 3_000_000_000
    /// Seconds after which the whole queue of now is done with.
    private static let retryAfter = 2

    private let thread: Reactor
    private let taken = Mutex(0)

    /// - Throws: `ReactorError`.
    init() throws {
        thread = try Reactor(name: "tt-passwords")
        thread.start()
    }

    /// Takes a place in the queue while `body` runs.
    /// - Throws: ``APIError`` 503 when there is none; what `body` throws.
    func withPlace<Value>(_ body: (Hasher) async throws -> Value) async throws -> Value {
        let isTaken = taken.withLock { taken in
            guard taken < Self.capacity else { return false }
            taken += 1
            return true
        }
        guard isTaken else { throw Self.overloaded }
        defer { taken.withLock { $0 -= 1 } }
        return try await body(Hasher(thread: thread))
    }

    /// What the holder of a place may do; each call takes one hash.
    struct Hasher: Sendable {
        fileprivate let thread: Reactor

        /// - Throws: ``APIError`` 503 when its turn came too late.
        func verify(_ password: String, against stored: String?) async throws -> Bool {
            try await run { PasswordHash.verify(password, against: stored) }
        }

        /// - Throws: ``APIError`` 503 when its turn came too late.
        func hash(_ password: String) async throws -> String {
            try await run { try PasswordHash.make(password) }
        }

        private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
            let start = WallClock.monotonic()
            // Detached, because a child task would come back to the loop. In the order of calls.
            let task = Task.detached(executorPreference: thread) {
                try Task.checkCancellation()
                guard WallClock.monotonic() - start < PasswordVerifier.longestWait else {
                    throw PasswordVerifier.overloaded
                }
                return try work()
            }
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }

    fileprivate static var overloaded: APIError { .unavailable("overloaded", retryAfter: retryAfter) }

    /// Nothing may be hashed any more.
    func stop() { thread.stop() }
}
