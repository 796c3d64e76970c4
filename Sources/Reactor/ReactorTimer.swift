/// One scheduled call; dropping the handle leaves it scheduled.
public final class ReactorTimer: Sendable {
    private let id: Timers<@Sendable () -> Void>.ID
    private let reactor: Reactor

    init(id: Timers<@Sendable () -> Void>.ID, reactor: Reactor) {
        self.id = id
        self.reactor = reactor
    }

    /// The work does not run unless it has already begun. May be called from any thread; idempotent.
    public func cancel() {
        reactor.cancel(id)
    }
}
