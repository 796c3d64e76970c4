import Synchronization

/// Calls a closure the first time only, and keeps something alive until then.
final class Once: Sendable {
    private struct State {
        var body: (@Sendable (Bool) -> Void)?
        var kept: (any Sendable)?
    }

    private let state: Mutex<State>

    init(_ body: @escaping @Sendable (Bool) -> Void) {
        state = Mutex(State(body: body))
    }

    func keep(_ object: any Sendable) {
        state.withLock { if $0.body != nil { $0.kept = object } }
    }

    func call(_ value: Bool) {
        let (body, kept) = state.withLock { state in
            defer { state = State() }
            return (state.body, state.kept)
        }
        body?(value)
        _ = kept
    }
}
