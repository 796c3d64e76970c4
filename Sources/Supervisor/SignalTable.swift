import Glibc

/// What the supervisor does on a signal; the one list.
enum SignalTable {
    enum Command: Equatable {
        /// Let requests in flight finish; a second time, hurry.
        case drain
        /// Stop without waiting.
        case quit
        case reap
        case addWorker
        case removeWorker
        /// Replace the workers, with the new configuration and the program now on disk.
        case reload
        /// The same for the supervisor itself.
        case replaceSupervisor
    }

    static let commands: [Int32: Command] = [
        SIGTERM: .drain, SIGINT: .drain, SIGQUIT: .quit, SIGCHLD: .reap, SIGTTIN: .addWorker, SIGTTOU: .removeWorker,
        SIGHUP: .reload, SIGUSR2: .replaceSupervisor,
    ]

    /// Signals that must not kill the supervisor and mean nothing to it.
    static let ignored: [Int32] = [SIGPIPE, SIGUSR1]
}
