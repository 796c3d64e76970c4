import CKernel
import FoundationEssentials
import Glibc
import Observability

/// What the supervisor tells of itself and the workers.
extension Supervisor {
    /// Seconds between two looks at memory and the accept queue.
    private static let sampleInterval = 2.0

    func answer(_ request: AdminRequest) -> AdminReply {
        switch request.path {
        case "/live": return AdminReply(200, type: "application/json", Array("{\"status\":\"live\"}\n".utf8))
        case "/ready":
            let report = statusReport()
            let reasons = report.reasons.map { "\"\($0)\"" }.joined(separator: ",")
            return AdminReply(
                report.state.isReady ? 200 : 503, type: "application/json",
                Array("{\"status\":\"\(report.state.rawValue)\",\"reasons\":[\(reasons)]}\n".utf8))
        case "/metrics":
            sample()
            let format = MetricsText.Format(accept: request.accept)
            return AdminReply(200, type: "\(format.contentType)", MetricsText.render(board, format))
        case "/status":
            guard let data = try? JSONEncoder().encode(statusReport()) else { return AdminReply(503, "no report") }
            return AdminReply(200, type: "application/json", Array(data) + [UInt8(ascii: "\n")])
        default: return AdminReply(404, "there are /live, /ready, /metrics and /status")
        }
    }

    func statusReport() -> StatusReport {
        let living = slots + (newcomer.map { [$0.worker] } ?? []) + retired
        let workers = living.filter(\.isAlive).map(describe).sorted { $0.slot < $1.slot }
        let running = (services.adoptable + companions.adoptable).map { service in
            StatusReport.Service(name: service.name, pid: service.pid, isUp: service.pid != 0)
        }
        let (state, reasons) = StatusReport.judge(
            workers, wanted: slots.count, services: running, isStopping: stopping != .no)
        let queue = acceptQueue()
        return StatusReport(
            state: state, reasons: reasons, version: configuration.version, pid: getpid(),
            uptime: Self.now - startedAt, addresses: listener.names, workersWanted: slots.count,
            isReloading: reload != nil || rollingSince != nil, workers: workers, services: running,
            acceptQueue: queue?.length, acceptQueueLimit: queue?.limit, restarts: counters.restarts)
    }

    private func describe(_ worker: WorkerSlot) -> StatusReport.Worker {
        let line = board.slot(worker.line)
        let state =
            switch worker.phase {
            case .ready: "ready"
            case .draining: "draining"
            case .aborting: "stuck"
            case .waiting, .booting, .stopped: "starting"
            }
        return StatusReport.Worker(
            slot: worker.line, pid: worker.pid, state: state, uptime: Self.now - worker.startedAt,
            connections: line.connections, requests: line.requests &- worker.requestsBefore,
            residentBytes: ResidentMemory.bytes(worker.pid),
            heartbeatAge: line.heartbeat == 0 ? nil : Self.now - Double(line.heartbeat) / 1e9,
            database: line.health.contains(.database), redis: line.health.contains(.redis))
    }

    /// Of the first TCP address.
    private func acceptQueue() -> (length: Int, limit: Int)? {
        for descriptor in listener.descriptors {
            var length: UInt32 = 0
            var limit: UInt32 = 0
            if kernel_accept_queue(descriptor, &length, &limit) == 0 { return (Int(length), Int(limit)) }
        }
        return nil
    }

    /// Brings what is shown of memory and queues up to date.
    func sampleIfDue() {
        guard nextSample <= Self.now else { return }
        sample()
    }

    private func sample() {
        nextSample = Self.now + Self.sampleInterval
        for worker in slots + retired where worker.isAlive {
            board.slot(worker.line).residentBytes = ResidentMemory.bytes(worker.pid)
        }
        let queue = acceptQueue()
        counters.set("timetracker_accept_queue_length", Double(queue?.length ?? 0))
        counters.set("timetracker_accept_queue_limit", Double(queue?.limit ?? 0))
        counters.set("timetracker_workers_wanted", Double(slots.count))
        counters.set("timetracker_jobs_up", companions.isAnyAlive ? 1 : 0)
    }
}

/// What the supervisor itself counts, on the status board beside what the workers count.
struct SupervisorCounters {
    private let table: SeriesTable
    private let area: MetricArea
    private(set) var restarts: [String: Int] = [:]

    init(board: StatusBoard) {
        table = board.series
        area = board.area(board.supervisorPlace)
        for reason in ReplacementReason.allCases {
            count("timetracker_worker_restarts_total", "reason", reason.rawValue, 0)
        }
        for reason in ["crash", "stuck"] { count("timetracker_worker_restarts_total", "reason", reason, 0) }
        restarts = Dictionary(
            uniqueKeysWithValues: table.all.compactMap { series in
                let prefix = "timetracker_worker_restarts_total{reason=\""
                guard series.text.hasPrefix(prefix) else { return nil }
                return (String(series.text.dropFirst(prefix.count).dropLast(2)), Int(area.count(series.word)))
            })
    }

    mutating func restarted(_ reason: String) {
        restarts[reason, default: 0] += 1
        count("timetracker_worker_restarts_total", "reason", reason)
    }

    func count(_ name: String, _ label: String, _ value: String, _ amount: UInt64 = 1) {
        guard let word = table.register("\(name){\(label)=\"\(value)\"}", .counter) else { return }
        area.add(word, amount)
    }

    func set(_ name: String, _ value: Double) {
        guard let word = table.register(name, .gauge) else { return }
        area.set(word, value)
    }

    /// - Parameter version: of the release; gauges of others are cleared first.
    func setBuild(_ version: String, startedAt: Double) {
        for series in table.all where series.text.hasPrefix("timetracker_build_info{") { area.set(series.word, 0) }
        set("timetracker_build_info{version=\"\(version.filter { $0 != "\"" && $0 != "\\" })\"}", 1)
        set("timetracker_start_time_seconds", startedAt)
    }
}
