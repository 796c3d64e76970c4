import Reactor
import Synchronization

/// Runs handlers that would hold the event loop for more than a few milliseconds on threads of their own instead: imports,
/// bulk changes, reports. A few at a time; more wait, and beyond that they are refused. Their threads are nice, so that
/// the loop goes first where cores are scarce.
final class HeavyWork: Sendable {
    private struct State {
        /// Indices of executors that have nothing to do.
        var free: [Int]
        var waiting: [CheckedContinuation<Int, Never>] = []
    }

    private static let niceness: Int32 = 5

    /// One thread each.
    private let executors: [Reactor]
    private let mostWaiting: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - atOnce: each may hold a file of 16 MiB in several forms.
    /// - Throws: `ReactorError`.
    init(atOnce: Int = 2, mostWaiting: Int = 32) throws {
        executors = try (0..<atOnce).map { try Reactor(name: "tt-heavy-\($0)", niceness: Self.niceness) }
        self.mostWaiting = mostWaiting
        state = Mutex(State(free: Array(executors.indices)))
        for executor in executors { executor.start() }
    }

    /// Nothing may run any more.
    func stop() {
        for executor in executors { executor.stop() }
    }

    /// Runs a route's handler where it belongs.
    func handle(_ route: Route, _ call: Call) async throws -> Reply {
        guard route.isHeavy else { return try await route.handler(call) }
        return try await run { try await route.handler(call) }
    }

    /// - Throws: ``APIError`` 503 when too many wait already; else what `body` throws.
    func run(_ body: @escaping @Sendable () async throws -> Reply) async throws -> Reply {
        let executor = try await enter()
        defer { leave(executor) }
        // Detached, because a child task would come back to the loop.
        let task = Task.detached(executorPreference: executors[executor]) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// - Returns: the executor that is the caller's until it leaves.
    private func enter() async throws -> Int {
        let free = try state.withLock { state -> Int? in
            if let executor = state.free.popLast() { return executor }
            guard state.waiting.count < mostWaiting else { throw APIError.unavailable("overloaded", retryAfter: 1) }
            return nil
        }
        if let free { return free }
        return await withCheckedContinuation { continuation in
            let free = state.withLock { state -> Int? in
                if let executor = state.free.popLast() { return executor }
                state.waiting.append(continuation)
                return nil
            }
            if let free { continuation.resume(returning: free) }
        }
    }

    /// The place goes to whoever has waited longest.
    private func leave(_ executor: Int) {
        let next = state.withLock { state -> CheckedContinuation<Int, Never>? in
            guard !state.waiting.isEmpty else {
                state.free.append(executor)
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: executor)
    }
}
