/// One worker's place in the pool, and the worker in it.
struct WorkerSlot {
    enum Phase: Equatable {
        /// No worker; one is due at the time (monotonic seconds).
        case waiting(until: Double)
        case booting(since: Double)
        case ready(since: Double)
        case draining
        /// Asked to die because it was stuck; killed at the time.
        case aborting(killAt: Double)
        /// No worker and none wanted.
        case stopped
    }

    let index: Int
    var phase = Phase.waiting(until: 0)
    var pid: Int32 = 0
    /// Our end of the worker's pipe.
    var pipe: Int32 = -1
    var policy = RestartPolicy()

    var isAlive: Bool { pid != 0 }

    var isReady: Bool { if case .ready = phase { true } else { false } }

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
        default: nil
        }
    }
}
