import CKernel
import Glibc
import Synchronization

/// Waits for TERM or INT as an event (sigwait(3)), so that nothing runs in a signal handler.
///
/// The signals have to be blocked before the first thread starts: ``block()``.
public final class StopSignal: Sendable {
    private let state = Mutex<(isRaised: Bool, waiter: CheckedContinuation<Void, Never>?)>((false, nil))

    public init() {}

    /// Blocks TERM, INT and HUP in the calling thread and all it will start; PIPE is ignored.
    public static func block() {
        signal(SIGPIPE, SIG_IGN)
        var signals = signalSet()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static func signalSet() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
        return signals
    }

    /// Blocks the calling thread until TERM or INT comes, then wakes ``wait()``.
    public func listen() {
        var signals = Self.signalSet()
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            if number == SIGTERM || number == SIGINT { return raise() }
        }
    }

    public func raise() {
        let waiter = state.withLock { state in
            state.isRaised = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if !state.isRaised { state.waiter = continuation }
                return state.isRaised
            }
            if isRaised { continuation.resume() }
        }
    }
}
