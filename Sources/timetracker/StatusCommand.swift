import ArgumentParser
import FoundationEssentials
import Glibc
import Supervisor
import TimeTracker

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the server on this host is doing.",
        discussion: """
            Asks the supervisor at ADMIN_BIND. Exit status 0 when requests are served, 1 when they are not, or when nobody \
            answers.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Admin address: host:port or unix:/path; overrides ADMIN_BIND.")
    var admin: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Show it anew every second until interrupted.")
    var watch = false

    func run() throws {
        var extra: [String: String] = [:]
        extra["ADMIN_BIND"] = admin
        guard let address = try common.load(extra).adminAddress else {
            throw Terminal.failure("the admin address is off; set ADMIN_BIND, or give --admin")
        }
        var last: StatusReport?
        while true {
            let report = try ask(address)
            if watch { Terminal.clear() }
            if !json { StatusTable.print(report, since: last) }
            guard watch else { throw ExitCode(report.state == .ready || report.state == .degraded ? 0 : 1) }
            last = report
            sleep(1)
        }
    }

    private func ask(_ address: BindAddress) throws -> StatusReport {
        do {
            let body = try AdminClient.get("/status", at: ServePlan.address(address.description))
            if json { Terminal.print(String(decoding: body, as: UTF8.self).trimmingNewlines) }
            return try JSONDecoder().decode(StatusReport.self, from: Data(body))
        } catch {
            throw Terminal.failure("no status from \(address): \(error)")
        }
    }
}

extension String {
    fileprivate var trimmingNewlines: String { hasSuffix("\n") ? String(dropLast()) : self }
}

/// The report as people read it.
enum StatusTable {
    /// - Parameter last: an earlier report, from which rates are counted.
    static func print(_ report: StatusReport, since last: StatusReport?) {
        let reasons = report.reasons.isEmpty ? "" : " (\(report.reasons.joined(separator: ", ")))"
        Terminal.print(
            "\(report.state.rawValue)\(reasons)  version \(report.version)  process \(report.pid)  up \(duration(report.uptime))\(report.isReloading ? "  reloading" : "")"
        )
        let queue = report.acceptQueue.map { "  accept queue \($0) of \(report.acceptQueueLimit ?? 0)" } ?? ""
        Terminal.print(report.addresses.joined(separator: " ") + queue)
        Terminal.print("")
        let head = ["SLOT", "PID", "STATE", "UP", "CONNECTIONS", "REQUESTS", "REQ/S", "MEMORY", "BEAT", "DB", "REDIS"]
        Terminal.table([head] + report.workers.map { row($0, since: last, at: report.uptime) })
        if !report.services.isEmpty {
            Terminal.print("")
            let rows = report.services.map { [$0.name, $0.isUp ? "\($0.pid)" : "-", $0.isUp ? "up" : "down"] }
            Terminal.table([["SERVICE", "PID", "STATE"]] + rows)
        }
        let restarts = report.restarts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        if !restarts.isEmpty {
            Terminal.print("\nrestarts: " + restarts.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
    }

    private static func row(_ worker: StatusReport.Worker, since last: StatusReport?, at uptime: Double) -> [String] {
        var rate = "-"
        if let last, let before = last.workers.first(where: { $0.pid == worker.pid }), uptime > last.uptime {
            rate = "\(Int((Double(worker.requests &- before.requests) / (uptime - last.uptime)).rounded()))"
        }
        return [
            "\(worker.slot)", "\(worker.pid)", worker.state, duration(worker.uptime), "\(worker.connections)",
            "\(worker.requests)", rate, "\(worker.residentBytes >> 20) MiB",
            worker.heartbeatAge.map { "\(Int($0 * 1000)) ms" } ?? "-", worker.database ? "yes" : "no",
            worker.redis ? "yes" : "no",
        ]
    }

    static func duration(_ seconds: Double) -> String {
        let whole = max(0, Int(seconds))
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m\(whole % 60)s"
        case ..<86_400: return "\(whole / 3600)h\(whole % 3600 / 60)m"
        default: return "\(whole / 86_400)d\(whole % 86_400 / 3600)h"
        }
    }
}
