import CKernel
import Glibc
import Synchronization

/// One epoll(7) thread with timers, and an executor for tasks that live on it.
///
/// Handlers, work and jobs run one at a time on the reactor's thread and must not block. All methods may be called from any
/// thread. One turn of it goes: wait; descriptors that are served early (databases: they resume tasks), jobs; the other
/// descriptors (clients: they start tasks), jobs; listening sockets, jobs; timers and work; jobs; then what asked for the
/// turn's end, which is where everything that was collected is sent.
///
/// A turn takes up to 64 ready descriptors, in the order in which they became ready. Thousands of clients can be ready at
/// once, so databases and listening sockets are in a second epoll instance too, which such a turn asks besides.
public final class Reactor: TaskExecutor {
    struct State {
        var watches: [UInt64: Watch] = [:]
        var timers = Timers<@Sendable () -> Void>()
        var work: [@Sendable () -> Void] = []
        /// Jobs that other threads have enqueued.
        var jobs: [UnownedJob] = []
        var lastToken: UInt64 = 0
        /// What the thread's current wait ends at; an earlier timer must wake it.
        var sleepingUntil: UInt64 = 0
        var isWakePending = false
        var thread: pthread_t?
        var isStopping = false
    }

    private static let wakeToken: UInt64 = 0

    let state = Mutex(State())
    private let name: String
    private let epoll: Int32
    /// What doesn't wait behind clients: all but them.
    private let urgent: Int32
    private let wakeDescriptor: Int32
    private let threadIdentity = Atomic<UInt>(0)
    /// What only the reactor's thread touches.
    nonisolated(unsafe) var turn = Turn()
    let longestHold: UInt64
    let onHold: @Sendable (Duration) -> Void
    private let niceness: Int32

    /// - Parameters:
    ///   - name: the thread's name, cut to 15 bytes.
    ///   - longestHold: what runs longer than this without a break is told to `onHold`; nil = nothing is.
    ///   - niceness: 1...19 lets other threads go first where cores are scarce (setpriority(2)).
    ///   - onHold: called on the reactor's thread with the time the thread was held.
    public init(
        name: String, longestHold: Duration? = nil, niceness: Int32 = 0,
        onHold: @escaping @Sendable (Duration) -> Void = { _ in }
    ) throws(ReactorError) {
        self.niceness = niceness
        self.longestHold = longestHold?.wholeNanoseconds ?? .max
        self.onHold = onHold
        let epoll = reactor_epoll_create()
        guard epoll >= 0 else { throw ReactorError(call: "epoll_create1", errno: errno) }
        let urgent = reactor_epoll_create()
        guard urgent >= 0 else {
            let code = errno
            close(epoll)
            throw ReactorError(call: "epoll_create1", errno: code)
        }
        let wake = reactor_eventfd_create()
        guard wake >= 0 else {
            let code = errno
            close(urgent)
            close(epoll)
            throw ReactorError(call: "eventfd", errno: code)
        }
        self.name = name
        self.epoll = epoll
        self.urgent = urgent
        self.wakeDescriptor = wake
        control(.add, fd: wake, interest: .read, token: Self.wakeToken, .early)
    }

    deinit {
        close(wakeDescriptor)
        close(urgent)
        close(epoll)
    }

    /// Whether this turn found more ready than it takes up: what comes now has many before it. On the reactor's thread.
    public var isBehind: Bool { turn.isFull }

    /// How long this turn has gone on. Who could go on with work of its own leaves it for the next turn when others have
    /// waited. On the reactor's thread.
    public var turnLength: Duration { .nanoseconds(Int64(clamping: Self.now &- turn.start)) }

    public var isOnReactorThread: Bool {
        threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Nanoseconds of CLOCK_MONOTONIC, the scale of all timers.
    public static var now: UInt64 {
        monotonicNanoseconds()
    }

    /// Starts the thread; a second call does nothing. The thread keeps the reactor alive until `stop()`.
    public func start() {
        state.withLock { state in
            guard state.thread == nil, !state.isStopping else { return }
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(self)
            let result = pthread_create(&thread, nil, reactorThread, argument.toOpaque())
            guard result == 0 else {
                argument.release()
                fatalError("pthread_create failed: \(result)")
            }
            state.thread = thread
        }
    }

    /// Ends the thread after its current handler and joins it; idempotent. Work still queued is dropped.
    public func stop() {
        let thread = state.withLock { state -> pthread_t? in
            state.isStopping = true
            defer { if !isOnReactorThread { state.thread = nil } }
            return state.thread
        }
        wake()
        if let thread, !isOnReactorThread { pthread_join(thread, nil) }
        let dropped = state.withLock { state in
            let dropped = (state.watches, state.timers, state.work)
            (state.watches, state.timers, state.work) = ([:], Timers(), [])
            return dropped
        }
        // Released outside the lock: what a closure holds may cancel timers and watches.
        _ = dropped
    }

    /// Runs `work` on the reactor thread soon, in the order of calls.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        let mustWake = state.withLock { state in
            guard !state.isStopping else { return false }
            state.work.append(work)
            return needsWake(&state)
        }
        if mustWake { wake() }
    }

    /// Registers a descriptor, level triggered; `handler` runs on the reactor thread until the watch is cancelled.
    ///
    /// A descriptor that epoll refuses is reported to the handler once as `.error`.
    ///
    public func watch(
        _ fd: Int32, interest: Interest, order: Watch.Order = .early, handler: @escaping @Sendable (Readiness) -> Void
    ) -> Watch {
        let watch = state.withLock { state in
            state.lastToken += 1
            let watch = Watch(
                token: state.lastToken, fd: fd, interest: interest, order: order, reactor: self, handler: handler)
            state.watches[watch.token] = watch
            return watch
        }
        if !control(.add, fd: fd, interest: interest, token: watch.token, order) {
            execute { if watch.isActive { handler(.error) } }
        }
        return watch
    }

    /// Runs `work` on the reactor thread once `delay` has passed, at millisecond resolution and never early.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> ReactorTimer {
        let deadline = Self.now &+ delay.wholeNanoseconds
        let (id, mustWake) = state.withLock { state in
            let id = state.timers.insert(deadline: deadline, work)
            return (id, deadline < state.sleepingUntil && needsWake(&state))
        }
        if mustWake { wake() }
        return ReactorTimer(id: id, reactor: self)
    }

    func cancel(_ id: Timers<@Sendable () -> Void>.ID) {
        // The closure is released outside the lock: what it holds may cancel further timers.
        let released = state.withLock { $0.timers.cancel(id) }
        _ = released
    }

    func forget(_ token: UInt64) {
        let released = state.withLock { $0.watches.removeValue(forKey: token) }
        _ = released
    }

    enum Control: Int32 {
        case add, modify, delete
    }

    @discardableResult
    func control(
        _ operation: Control, fd: Int32, interest: Interest, token: UInt64, _ order: Watch.Order
    ) -> Bool {
        if order != .late { _ = reactor_epoll_control(urgent, operation.rawValue, fd, interest.events, token) }
        return reactor_epoll_control(epoll, operation.rawValue, fd, interest.events, token) == 0
    }

    func needsWake(_ state: inout State) -> Bool {
        guard !state.isWakePending, !isOnReactorThread else { return false }
        state.isWakePending = true
        return true
    }

    func wake() {
        reactor_eventfd_signal(wakeDescriptor)
    }
}

// MARK: - The thread

extension Reactor {
    fileprivate func run() {
        threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
        name.withCString { reactor_name_thread($0) }
        if niceness > 0 { kernel_thread_nice(niceness) }
        let events = UnsafeMutablePointer<reactor_event>.allocate(capacity: reactor_batch)
        defer { events.deallocate() }
        while let timeout = prepareToWait() {
            let count = reactor_epoll_wait(epoll, events, timeout)
            guard count >= 0 else { fatalError("epoll_wait failed, errno \(errno)") }
            turn.start = Self.now
            turn.mark = turn.start
            turn.isFull = count == reactor_batch
            collect(events, count)
            if turn.isFull { collectUrgent(events) }
            serve(.early)
            serve(.late)
            serve(.last)
            runExpiredTimers()
            runWork()
            finishTurn()
        }
    }

    /// Milliseconds to wait, -1 for no end; nil when stopping.
    private func prepareToWait() -> Int32? {
        state.withLock { state in
            if state.isStopping { return nil }
            if !state.work.isEmpty || !state.jobs.isEmpty || turn.hasMore {
                state.sleepingUntil = 0
                return 0
            }
            guard let deadline = state.timers.nextDeadline() else {
                state.sleepingUntil = .max
                return -1
            }
            state.sleepingUntil = deadline
            let now = Self.now
            guard deadline > now else { return 0 }
            let milliseconds = (deadline - now + 999_999) / 1_000_000
            return Int32(clamping: milliseconds)
        }
    }

    /// Instead of those among the first ones, which they contain: both instances are level triggered.
    private func collectUrgent(_ events: UnsafeMutablePointer<reactor_event>) {
        turn.early.removeAll(keepingCapacity: true)
        turn.last.removeAll(keepingCapacity: true)
        let count = reactor_epoll_wait(urgent, events, 0)
        guard count >= 0 else { fatalError("epoll_wait failed, errno \(errno)") }
        collect(events, count)
    }

    private func collect(_ events: UnsafeMutablePointer<reactor_event>, _ count: Int32) {
        state.withLock { state in
            // From here to the next wait new timers and work are seen without a wake-up.
            state.sleepingUntil = 0
            for index in 0..<Int(count) {
                let event = events[index]
                if event.token == Self.wakeToken {
                    reactor_eventfd_drain(wakeDescriptor)
                    state.isWakePending = false
                } else if let watch = state.watches[event.token] {
                    let readiness = Readiness(events: event.events)
                    switch watch.order {
                    case .early: turn.early.append((watch, readiness))
                    case .late: turn.late.append((watch, readiness))
                    case .last: turn.last.append((watch, readiness))
                    }
                }
            }
        }
    }

    private func serve(_ order: Watch.Order) {
        // Taken out meanwhile, because handlers use the turn too.
        var ready: [(Watch, Readiness)] = []
        turn.exchange(&ready, order)
        defer { turn.exchange(&ready, order) }
        guard !ready.isEmpty else { return }
        for (watch, readiness) in ready where watch.isActive {
            watch.handler(readiness)
            lap()
        }
        ready.removeAll(keepingCapacity: true)
        runJobs()
    }

    private func runExpiredTimers() {
        while let work = state.withLock({ $0.timers.isEmpty ? nil : $0.timers.popExpired(now: turn.mark) }) {
            work()
            lap()
        }
    }

    private func runWork() {
        let work = state.withLock { state in
            if !state.jobs.isEmpty {
                turn.jobs.append(contentsOf: state.jobs)
                state.jobs.removeAll(keepingCapacity: true)
            }
            let work = state.work
            if !work.isEmpty { state.work = [] }
            return work
        }
        for item in work {
            item()
            lap()
        }
        runJobs()
    }
}

private func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

private func reactorThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Reactor>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}

extension Duration {
    /// Never negative, saturating after 292 years.
    var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
