import Glibc
import Observability

/// A worker of this host, as the status board has it.
struct HostWorker: Sendable {
    let slot: Int
    let pid: Int32
    let state: SlotState
    /// Seconds; nil when the kernel doesn't tell.
    let uptime: Int?
    let connections: Int
    /// Answered by all workers that the slot has had.
    let requests: UInt64
    /// That are being answered.
    let inFlight: Int
    /// Resident bytes; 0 = not looked at yet.
    let memory: UInt64
    let health: SlotHealth
}

extension HostMetrics {
    /// Those that live, by slot.
    var workers: [HostWorker] {
        let inFlight = word(of: "timetracker_http_requests_in_flight")
        return (0..<board.usedSlots).compactMap { index in
            let line = board.slot(index)
            guard line.pid > 0, line.state != .gone, line.state != .empty else { return nil }
            return HostWorker(
                slot: index, pid: line.pid, state: line.state, uptime: ProcessAge.seconds(line.pid),
                connections: line.connections, requests: line.requests,
                inFlight: inFlight.map { Int(max(0, board.area(index).gauge($0))) } ?? 0,
                memory: line.residentBytes, health: line.health)
        }
    }

    /// Workers that there should be; nil before the supervisor has counted.
    var workersWanted: Int? { supervisor("timetracker_workers_wanted").map { Int($0) } }

    /// Whether a process of this host sends webhooks; nil before the supervisor has counted.
    var hasJobs: Bool? { supervisor("timetracker_jobs_up").map { $0 > 0 } }

    private func supervisor(_ name: String) -> Double? {
        word(of: name).map { board.area(board.supervisorPlace).gauge($0) }
    }

    private func word(of name: String) -> Int? {
        board.series.all.first { $0.kind == .gauge && $0.text == name }?.word
    }
}

/// How long a process has been there (proc(5): stat, uptime).
private enum ProcessAge {
    static func seconds(_ pid: Int32) -> Int? {
        guard let stat = text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")"),
            let up = text("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        // Behind the name, which may hold anything, come the fields from the third on; the 22nd is the start in ticks.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return max(0, Int(up - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))))
    }

    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
