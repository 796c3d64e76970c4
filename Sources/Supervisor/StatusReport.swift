/// What the supervisor says of the whole host at `/status`; durations in seconds.
public struct StatusReport: Codable, Sendable {
    public enum State: String, Codable, Sendable {
        /// Everything is as it should be.
        case ready
        /// Requests are served, but something is missing: see ``StatusReport/reasons``.
        case degraded
        /// Requests are not served, or only refused.
        case unavailable
        /// The server is about to stop.
        case draining

        /// Whether requests should be sent here.
        var isReady: Bool { self == .ready || self == .degraded }
    }

    public struct Worker: Codable, Sendable {
        public var slot: Int
        public var pid: Int32
        /// starting, ready, draining or stuck
        public var state: String
        public var uptime: Double
        public var connections: Int
        public var requests: UInt64
        public var residentBytes: UInt64
        /// Seconds since the last heartbeat; nil = none yet.
        public var heartbeatAge: Double?
        public var database: Bool
        public var redis: Bool
    }

    public struct Service: Codable, Sendable {
        public var name: String
        public var pid: Int32
        public var isUp: Bool
    }

    public var state: State
    /// What is missing, as words for machines: no_worker, database, redis, workers, jobs, or the name of a service.
    public var reasons: [String]
    public var version: String
    public var pid: Int32
    public var uptime: Double
    public var addresses: [String]
    public var workersWanted: Int
    public var isReloading: Bool
    public var workers: [Worker]
    public var services: [Service]
    /// Connections that wait to be accepted; nil where the kernel doesn't tell.
    public var acceptQueue: Int?
    public var acceptQueueLimit: Int?
    public var restarts: [String: Int]
}

extension StatusReport {
    /// Judges what has been seen. A worker that drains serves nobody new, so it doesn't count.
    static func judge(_ workers: [Worker], wanted: Int, services: [Service], isStopping: Bool) -> (State, [String]) {
        guard !isStopping else { return (.draining, ["stopping"]) }
        let ready = workers.filter { $0.state == "ready" }
        guard !ready.isEmpty else { return (.unavailable, ["no_worker"]) }
        var reasons: [String] = []
        if !ready.contains(where: \.database) { return (.unavailable, ["database"]) }
        if !ready.allSatisfy(\.database) { reasons.append("database") }
        if !ready.allSatisfy(\.redis) { reasons.append("redis") }
        if ready.count < wanted { reasons.append("workers") }
        reasons += services.filter { !$0.isUp }.map { $0.name.lowercased() }
        return (reasons.isEmpty ? .ready : .degraded, reasons)
    }
}
