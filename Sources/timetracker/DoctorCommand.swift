import ArgumentParser
import Glibc
import Postgres
import Supervisor
import TimeTracker

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check configuration, PostgreSQL, Redis, schema and ports; say what to do.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.load()
        var report = DoctorReport()
        report.add("configuration", nil)
        guard let resolved = resolve(configuration, &report) else {
            checkPrograms(&report)
            checkPorts(configuration, &report)
            return try report.finish()
        }
        let findings = Findings()
        try? Database.use(resolved) { db in
            await findings.set(await Doctor(configuration: resolved).examine(db))
        }
        for finding in findings.all { report.add(finding.subject, finding.problem) }
        try report.finish()
    }

    /// Nil in embedded mode when no server runs: then there is nothing to connect to.
    private func resolve(_ configuration: AppConfiguration, _ report: inout DoctorReport) -> AppConfiguration? {
        guard configuration.isEmbedded else {
            checkPorts(configuration, &report)
            return configuration
        }
        guard let running = try? EmbeddedServices.describe(dataDirectory: configuration.dataDirectory) else {
            report.note("embedded mode, not running: databases are checked while 'timetracker serve' runs")
            return nil
        }
        return configuration.applying(
            .init(databaseURL: running.databaseURL, redisURL: running.redisURL, secretKey: running.secretKey))
    }

    private func checkPrograms(_ report: inout DoctorReport) {
        let problem = EmbeddedServices.missingPrograms
        report.add("embedded PostgreSQL and Redis", problem)
    }

    private func checkPorts(_ configuration: AppConfiguration, _ report: inout DoctorReport) {
        for address in configuration.bindAddresses {
            guard case .tcp(let host, let port) = address else { continue }
            let problem = PortCheck.problem(host: host, port: port)
            report.add("address \(address)", problem)
        }
    }
}

/// Findings from asynchronous checks.
private final class Findings: @unchecked Sendable {
    // Written before the semaphore of `Database.use` is signalled, read after it.
    private(set) var all: [Doctor.Finding] = []

    func set(_ findings: [Doctor.Finding]) async { all = findings }
}

/// Prints findings as they come; ends with status 1 if one is bad.
struct DoctorReport {
    private var problems = 0

    mutating func add(_ subject: String, _ problem: String?) {
        if let problem {
            problems += 1
            Terminal.print("FAIL  \(subject): \(problem)")
        } else {
            Terminal.print("ok    \(subject)")
        }
    }

    func note(_ text: String) { Terminal.print("note  \(text)") }

    func finish() throws {
        if problems > 0 { throw ExitCode(1) }
    }
}
