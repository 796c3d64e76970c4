import Synchronization

/// Runs handlers that would hold the event loop for more than a few milliseconds on the concurrent pool instead: imports,
/// bulk changes, reports. A few at a time; more wait, and beyond that they are refused.
final class HeavyWork: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let atOnce: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: each may hold a file of 16 MiB in several forms.
    init(atOnce: Int = 2, mostWaiting: Int = 32) {
        self.atOnce = atOnce
        self.mostWaiting = mostWaiting
    }

    /// Runs a route's handler where it belongs.
    func handle(_ route: Route, _ call: Call) async throws -> Reply {
        guard route.isHeavy else { return try await route.handler(call) }
        return try await run { try await route.handler(call) }
    }

    /// - Throws: ``APIError`` 503 when too many wait already; else what `body` throws.
    func run(_ body: @escaping @Sendable () async throws -> Reply) async throws -> Reply {
        try await enter()
        defer { leave() }
        // Detached, because a child task would come back to the loop.
        let task = Task.detached { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func enter() async throws {
        let mayRun = try state.withLock { state in
            if state.running < atOnce {
                state.running += 1
                return true
            }
            guard state.waiting.count < mostWaiting else { throw APIError.unavailable("overloaded", retryAfter: 1) }
            return false
        }
        guard !mayRun else { return }
        await withCheckedContinuation { continuation in
            let mayRun = state.withLock { state in
                if state.running < atOnce {
                    state.running += 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if mayRun { continuation.resume() }
        }
    }

    /// The place goes to whoever has waited longest.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
