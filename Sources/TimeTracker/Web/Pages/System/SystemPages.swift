import HTTPTypes
import Observability
import Postgres
import Redis

/// `/admin/system`: how the server and what is behind it are doing (behaviour.md §12.23).
enum SystemPages {
    static let home = "/admin/system"

    static let routes = [
        Route(.get, path: home, summary: "System", access: .page(.admin), response: .string(), handler: show)
    ]

    /// Seconds after which deliveries that are due should have been sent.
    private static let patience = 60.0

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let redis = RedisState.load(call.app.redis)
        let state = try await SystemState.load(call.db)
        let workers = call.app.hostMetrics?.workers ?? []
        let cache = await redis
        let problems = problems(call, state, workers)
        let values: [String: Any] = [
            "problems": problems, "is_fine": problems.isEmpty,
            "workers": workers.map(row), "has_workers": !workers.isEmpty,
            "sections": [
                section(
                    "Versions",
                    [
                        ("TimeTracker", call.app.version), ("PostgreSQL", state.version),
                        ("Redis", cache?.version ?? redisWord(call)),
                    ]),
                section(
                    "PostgreSQL",
                    [
                        (
                            "State",
                            state.isInRecovery ? "A standby, which takes no changes" : "Reachable, takes changes"
                        ),
                        ("Size of the database", size(UInt64(max(0, state.databaseBytes)))),
                        ("Connections", "\(state.connections) of \(state.maxConnections)"),
                        (
                            "Lists are read from",
                            call.app.readReplica == nil ? "The primary" : "A replica, where it may be"
                        ),
                        ("Bookings not in the totals yet", "\(state.pendingTotals)"),
                    ]),
                section("Redis", [("State", redisWord(call)), ("Memory", cache?.memory.map(size) ?? "Unknown")]),
                section(
                    "Jobs",
                    [
                        ("On this host", jobsWord(call)), ("Hosts with a jobs process", "\(state.jobs)"),
                        ("Deliveries that wait", "\(state.pendingDeliveries)"),
                        ("The oldest one is overdue by", "\(Int(state.deliveryLag)) s"),
                        ("Failed for good in 24 h", "\(state.failedDeliveries)"),
                    ]),
                section("Limits", limits(call)),
                section(
                    "Installation",
                    [
                        ("Time zone", call.settings.timezone), ("Currency", call.settings.currency),
                        (
                            "Modules",
                            Module.allCases.filter { call.settings.isEnabled($0) }.map(\.rawValue).joined(
                                separator: ", ")
                        ),
                    ]),
            ],
        ]
        return call.page("system", title: "System", .system, try await loading, values)
    }

    // MARK: What is wrong

    private static func problems(_ call: Call, _ state: SystemState, _ workers: [HostWorker]) -> [String] {
        var problems: [String] = []
        if call.app.isDegraded {
            problems.append(
                "Redis is away. Rate limits hold for each host by itself, sessions and repeated requests are looked up in PostgreSQL; everything else works."
            )
        }
        if state.isInRecovery { problems.append("The database is a standby: nothing can be changed.") }
        if state.connections * 10 > state.maxConnections * 9 {
            problems.append("More than nine of ten connections to PostgreSQL are taken.")
        }
        let ready = workers.filter { $0.state == .ready }.count
        if let wanted = call.app.hostMetrics?.workersWanted, wanted > ready {
            problems.append("\(ready) of \(wanted) workers are ready.")
        }
        if state.jobs == 0 {
            problems.append("No jobs process is connected: webhooks are not sent, and idle timers are not noticed.")
        } else if state.deliveryLag > patience {
            problems.append("Webhooks have been due for \(Int(state.deliveryLag)) s.")
        }
        return problems
    }

    private static func redisWord(_ call: Call) -> String {
        guard let redis = call.app.redis else { return "Switched off" }
        return redis.isAvailable ? "Reachable" : "Away"
    }

    private static func jobsWord(_ call: Call) -> String {
        switch call.app.hostMetrics?.hasJobs {
        case true: "Running"
        case false: "Not running"
        case nil: "Unknown"
        }
    }

    // MARK: Figures

    private static func limits(_ call: Call) -> [(String, String)] {
        let admission = call.app.admission.limits
        return [
            (
                "Requests of an API token",
                "\(call.app.rateLimiter.limitPerMinute) a minute, \(call.app.rateLimiter.limitPerHour) an hour"
            ),
            ("Requests at once, of a worker", "\(admission.atOnce), \(admission.atOnceOfEach) of one token or person"),
            ("Requests that may wait", "\(admission.waiting), \(admission.waitingOfEach) of one token or person"),
            ("Body of a request", size(UInt64(max(0, call.app.maxBodyBytes)))),
        ]
    }

    private static func section(_ title: String, _ facts: [(String, String)]) -> [String: Any] {
        [
            "title": title, "key": title.lowercased(),
            "facts": facts.map { ["label": $0.0, "value": $0.1] },
        ]
    }

    private static func row(_ worker: HostWorker) -> [String: Any] {
        let state =
            switch worker.state {
            case .ready: "Ready"
            case .draining: "Draining"
            case .booting, .empty, .gone: "Starting"
            }
        let lacks = [
            worker.health.contains(.database) ? nil : "no database", worker.health.contains(.redis) ? nil : "no Redis",
        ].compactMap(\.self)
        return [
            "slot": "\(worker.slot)", "pid": "\(worker.pid)", "state": state,
            "state_class": worker.state == .ready ? "active" : "inactive", "lacks": lacks.joined(separator: ", "),
            "uptime": worker.uptime.map { PersonFormat.clock(Int64($0)) } ?? "Unknown",
            "connections": "\(worker.connections)", "in_flight": "\(worker.inFlight)", "requests": "\(worker.requests)",
            "memory": worker.memory == 0 ? "Not yet known" : size(worker.memory),
        ]
    }

    /// `1.5 MiB`
    private static func size(_ bytes: UInt64) -> String {
        var (value, unit) = (Double(bytes), 0)
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
        return "\(PersonFormat.plain((value * 10).rounded() / 10)) \(units[unit])"
    }
}

/// What Redis tells of itself.
private struct RedisState: Sendable {
    let version: String
    /// In bytes.
    let memory: UInt64?

    /// Nil when Redis is away, switched off, or tells nothing.
    static func load(_ redis: RedisClient?) async -> RedisState? {
        guard let redis, redis.isAvailable, let reply = try? await redis.send(.init(["INFO"])),
            case .string(let bytes) = reply
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1)) }
        }
        return RedisState(
            version: value("redis_version") ?? "Unknown", memory: value("used_memory").flatMap(UInt64.init))
    }
}
