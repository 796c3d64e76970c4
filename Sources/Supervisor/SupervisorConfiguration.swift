/// What the supervisor needs to know; plain values, made by the executable.
public struct SupervisorConfiguration: Sendable {
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Program that is run as `<executable> worker <slot>`.
    public var executable: String
    public var addresses: [Address]
    public var workers: Int
    /// Length of the accept queue (listen(2)).
    public var backlog: Int32 = 1024
    /// Seconds that draining workers get.
    public var drainTimeout = 30.0
    /// Seconds without a heartbeat after which a worker counts as stuck.
    public var heartbeatTimeout = 15.0
    /// Seconds a worker may take to become ready.
    public var bootTimeout = 60.0
    /// Where the supervisor answers operators; nil = nowhere.
    public var adminAddress: Address?
    /// The release, for status and metrics.
    public var version = ""
    /// When workers are replaced that work.
    public var recycling = Recycling()
    /// Environment of the workers.
    public var environment: [String: String]
    /// What workers have to know but must not have in their environment.
    public var secrets: Secrets?

    /// - Parameter executable: absolute, so that a later look finds what has been put there since.
    public init(executable: String, addresses: [Address], workers: Int, environment: [String: String]) {
        self.executable = executable
        self.addresses = addresses
        self.workers = workers
        self.environment = environment
    }
}

/// A failure that ends the supervisor, in words for the operator.
public struct SupervisorError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// What happened, for the log.
public enum SupervisorEvent: Sendable {
    case listening(String)
    case workerStarted(slot: Int, pid: Int32)
    case workerReady(slot: Int, pid: Int32)
    case workerDied(slot: Int, pid: Int32, reason: String, restartIn: Double)
    /// `threads`: what each of its threads was doing.
    case workerStuck(slot: Int, pid: Int32, threads: String)
    case serviceStarted(name: String, pid: Int32)
    case serviceDied(name: String, reason: String, restartIn: Double)
    case draining(reason: String)
    case killing(pid: Int32)
    case crashLoop
    case backlogCut(wanted: Int32, limit: Int32)
    case reloading(supervisorToo: Bool)
    /// The configuration or the program on disk is no good; nothing has changed.
    case reloadRefused(reason: String)
    /// `replacement` serves, `pid` drains.
    case workerReplaced(slot: Int, pid: Int32, replacement: Int32, reason: ReplacementReason)
    /// The worker that was to be replaced goes on.
    case replacementFailed(slot: Int, reason: String)
    /// All workers have the new configuration.
    case reloaded(seconds: Double)
    case tookOver(workers: Int)
    case handoverFailed(reason: String)
    case stopped
}
