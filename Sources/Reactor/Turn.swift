import Synchronization

/// What wants to run once when a turn of the reactor ends: a connection that has collected commands or responses and sends
/// them in one go.
public protocol TurnEndObserver: AnyObject, Sendable {
    /// Called on the reactor's thread.
    func turnEnds()
}

/// What the reactor's thread keeps from turn to turn.
struct Turn {
    var early: [(Watch, Readiness)] = []
    var late: [(Watch, Readiness)] = []
    var last: [(Watch, Readiness)] = []
    /// More descriptors may be ready than the turn has taken up.
    var isFull = false
    var jobs: [UnownedJob] = []
    var observers: [any TurnEndObserver] = []
    /// When the turn began, on the scale of `Reactor.now`.
    var start: UInt64 = 0
    /// When the piece of work that runs now began.
    var mark: UInt64 = 0

    /// Whether there is something to do without waiting.
    var hasMore: Bool { !jobs.isEmpty || !observers.isEmpty }

    /// Those that are ready, of one order.
    mutating func exchange(_ ready: inout [(Watch, Readiness)], _ order: Watch.Order) {
        switch order {
        case .early: swap(&early, &ready)
        case .late: swap(&late, &ready)
        case .last: swap(&last, &ready)
        }
    }
}

extension Reactor {
    /// Jobs that enqueue each other get this many rounds before descriptors are looked at again.
    private static let jobRounds = 16

    /// Runs a job of a task on the reactor's thread, in the same turn when it is enqueued there.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard !isOnReactorThread else { return turn.jobs.append(job) }
        let mustWake = state.withLock { state in
            state.jobs.append(job)
            return needsWake(&state)
        }
        if mustWake { wake() }
    }

    /// Has `observer` called when the current turn ends.
    ///
    /// - Returns: false on any other thread than the reactor's, which has no turns; nothing is called then.
    public func observeTurnEnd(_ observer: any TurnEndObserver) -> Bool {
        guard isOnReactorThread else { return false }
        turn.observers.append(observer)
        return true
    }

    func runJobs() {
        guard !turn.jobs.isEmpty else { return }
        var jobs: [UnownedJob] = []
        let executor = asUnownedTaskExecutor()
        for _ in 0..<Self.jobRounds where !turn.jobs.isEmpty {
            swap(&jobs, &turn.jobs)
            for job in jobs {
                job.runSynchronously(on: executor)
                lap()
            }
            jobs.removeAll(keepingCapacity: true)
        }
        if turn.jobs.isEmpty { swap(&jobs, &turn.jobs) }
    }

    func finishTurn() {
        guard !turn.observers.isEmpty else { return }
        var observers: [any TurnEndObserver] = []
        swap(&observers, &turn.observers)
        for observer in observers { observer.turnEnds() }
        lap()
        observers.removeAll(keepingCapacity: true)
        if turn.observers.isEmpty { swap(&observers, &turn.observers) }
        // What a failed send has resumed.
        runJobs()
    }

    /// Ends one piece of work and begins the next.
    func lap() {
        let now = Self.now
        let held = now &- turn.mark
        turn.mark = now
        if held > longestHold { onHold(.nanoseconds(Int64(clamping: held))) }
    }
}
