import NIOCore
import Reactor
import Synchronization

/// Runs handlers that would hold the event loop for more than a few milliseconds on threads of their own instead: imports,
/// bulk changes, reports. A few at a time; more wait, taking turns by whom they are of, half of the places at most for each;
/// beyond that they are refused. Their threads are nice, so that
/// the loop goes first where cores are scarce. Of large files one is worked at, because each is held in several forms.
final class HeavyWork: Sendable {
    /// The right to work; given back at the end.
    private struct Permit {
        let executor: Int
        let isLarge: Bool
    }

    private struct Waiter {
        let isLarge: Bool
        let continuation: CheckedContinuation<Permit, Never>
    }

    private struct State {
        /// Indices of executors that have nothing to do.
        var free: [Int]
        var isLargeTaken = false
        var waiting = FairQueue<Crowd, Waiter>()

        mutating func take(isLarge: Bool) -> Permit? {
            guard !(isLarge && isLargeTaken), let executor = free.popLast() else { return nil }
            isLargeTaken = isLargeTaken || isLarge
            return Permit(executor: executor, isLarge: isLarge)
        }

        /// - Returns: whose turn it is of those that may work now, and where.
        mutating func giveBack(_ permit: Permit) -> (Waiter, Permit)? {
            free.append(permit.executor)
            if permit.isLarge { isLargeTaken = false }
            guard let next = waiting.popFirst(where: { [isLargeTaken] _, waiter in !(waiter.isLarge && isLargeTaken) })
            else { return nil }
            return take(isLarge: next.element.isLarge).map { (next.element, $0) }
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
        let crowd = Crowd(call.actor, address: call.exchange.clientAddress)
        return try await run(isLarge: bytes > Self.largeBody, crowd) { try await route.answer(call) }
    }

    /// - Throws: ``APIError`` 503 when too many wait already; else what `body` throws.
    func run(
        isLarge: Bool = false, _ crowd: Crowd, _ body: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        let permit = try await enter(isLarge: isLarge, crowd)
        defer { leave(permit) }
        // Detached, because a child task would come back to the loop.
        let task = Task.detached(executorPreference: executors[permit.executor]) { try await body() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func enter(isLarge: Bool, _ crowd: Crowd) async throws -> Permit {
        let permit = try state.withLock { state -> Permit? in
            if let permit = state.take(isLarge: isLarge) { return permit }
            guard state.waiting.count < mostWaiting, state.waiting.waiting(of: crowd) < mostWaiting / 2 else {
                throw APIError.overloaded
            }
            return nil
        }
        if let permit { return permit }
        return await withCheckedContinuation { continuation in
            let permit = state.withLock { state -> Permit? in
                if let permit = state.take(isLarge: isLarge) { return permit }
                _ = state.waiting.append(Waiter(isLarge: isLarge, continuation: continuation), of: crowd)
                return nil
            }
            if let permit { continuation.resume(returning: permit) }
        }
    }

    private func leave(_ permit: Permit) {
        let next = state.withLock { $0.giveBack(permit) }
        if let (waiter, permit) = next { waiter.continuation.resume(returning: permit) }
    }
}
