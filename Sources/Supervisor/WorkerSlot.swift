/// One worker's place in the pool, and the worker in it.
struct WorkerSlot {
    enum Phase: Equatable {
        /// No worker; one is due at the time (monotonic seconds).
        case waiting(until: Double)
        case booting(since: Double)
        case ready(since: Double)
        /// Told to end; killed at the time.
        case draining(killAt: Double)
        /// Asked to die because it was stuck; killed at the time.
        case aborting(killAt: Double)
        /// No worker and none wanted.
        case stopped

        /// Whether the worker has been told to end.
        var isEnding: Bool {
            switch self {
            case .draining, .aborting: true
            default: false
            }
        }
    }

    let index: Int
    var phase = Phase.waiting(until: 0)
    var pid: Int32 = 0
    /// Its line of the status board, which it shares with nobody: a worker and its replacement live side by side.
    var line = 0
    /// Our end of the worker's pipe.
    var pipe: Int32 = -1
    var policy = RestartPolicy()
    /// Monotonic seconds.
    var startedAt = 0.0
    /// Requests that the line had counted before this worker.
    var requestsBefore: UInt64 = 0
    /// 0.9 ..< 1.1: spreads the recycling of workers that started together.
    var spread = 1.0

    init(index: Int) { self.index = index }

    var isAlive: Bool { pid != 0 }

    var isReady: Bool { if case .ready = phase { true } else { false } }

    var isBooting: Bool { if case .booting = phase { true } else { false } }

    /// Whether the worker must be given up.
    /// - Parameter beat: monotonic seconds of its last heartbeat; 0 = none yet.
    func isStuck(now: Double, beat: Double, heartbeatTimeout: Double, bootTimeout: Double) -> Bool {
        switch phase {
        case .booting(let since): now - since > bootTimeout
        case .ready(let since): now - max(since, beat) > heartbeatTimeout
        default: false
        }
    }

    /// The next moment at which something has to be done about it.
    var deadline: Double? {
        switch phase {
        case .waiting(let until): until
        case .aborting(let killAt): killAt
        case .draining(let killAt): killAt
        default: nil
        }
    }
}
