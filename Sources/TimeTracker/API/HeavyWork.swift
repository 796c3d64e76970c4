import NIOCore
import Reactor
import Synchronization

/// Runs handlers that would hold the event loop for more than a few milliseconds on threads of their own instead: imports,
/// bulk changes, reports. A few at a time; more wait, and beyond that they are refused. Their threads are nice, so that
/// the loop goes first where cores are scarce. Of large files one is worked at, because each is held in several forms.
final class HeavyWork: Sendable {
    /// The right to work; given back at the end.
    private struct Place {
        let executor: Int
        let isLarge: Bool
    }

    private struct Waiter {
        let isLarge: Bool
        let continuation: CheckedContinuation<Place, Never>
    }

    private struct State {
        /// Indices of executors that have nothing to do.
        var free: [Int]
        var isLargeTaken = false
        var waiting: [Waiter] = []

        mutating func take(isLarge: Bool) -> Place? {
            guard !(isLarge && isLargeTaken), let executor = free.popLast() else { return nil }
            isLargeTaken = isLargeTaken || isLarge
            return Place(executor: executor, isLarge: isLarge)
        }

        /// - Returns: who has waited longest of those that may work now, and where.
        mutating func giveBack(_ place: Place) -> (Waiter, Place)? {
            free.append(place.executor)
            if place.isLarge { isLargeTaken = false }
            guard let next = waiting.firstIndex(where: { !($0.isLarge && isLargeTaken) }) else { return nil }
            let waiter = waiting.remove(at: next)
            return take(isLarge: waiter.isLarge).map { (waiter, $0) }
        }
    }

    /// Bytes of a body above which it is a large one.
    private static let largeBody = 4 * 1024 * 1024

    private static let niceness: Int32 = 5

    /// One thread each.
    private let executors: [Reactor]
    private let mostWaiting: Int
    private let state: Mutex<State>

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
        guard route.isHeavy else { return try await route.answer(call) }
        let bytes = call.exchange.body?.readableBytes ?? 0
        return try await run(isLarge: bytes > Self.largeBody) { try await route.answer(call) }
    }

    /// - Throws: ``APIError`` 503 when too many wait already; else what `body` throws.
    func run(isLarge: Bool = false, _ body: @escaping @Sendable () async throws -> Reply) async throws -> Reply {
        let place = try await enter(isLarge: isLarge)
        defer { leave(place) }
        // Detached, because a child task would come back to the loop.
        let task = Task.detached(executorPreference: executors[place.executor]) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func enter(isLarge: Bool) async throws -> Place {
        let place = try state.withLock { state -> Place? in
            if let place = state.take(isLarge: isLarge) { return place }
            guard state.waiting.count < mostWaiting else { throw APIError.unavailable("overloaded", retryAfter: 1) }
            return nil
        }
        if let place { return place }
        return await withCheckedContinuation { continuation in
            let place = state.withLock { state -> Place? in
                if let place = state.take(isLarge: isLarge) { return place }
                state.waiting.append(Waiter(isLarge: isLarge, continuation: continuation))
                return nil
            }
            if let place { continuation.resume(returning: place) }
        }
    }

    private func leave(_ place: Place) {
        let next = state.withLock { $0.giveBack(place) }
        if let (waiter, place) = next { waiter.continuation.resume(returning: place) }
    }
}
