import HTTPTypes
import Postgres

/// `POST /api/v1/time-entries/import-csv` (behaviour.md §6).
enum ImportRoute {
    static let parameters = [
        QueryParameter.boolean("dry_run", "Do everything, report it, and store nothing")
    ]

    /// Rolls back what a dry run has done.
    private struct DryRun: Error {
        let report: ImportReport
    }

    @Sendable static func run(_ call: Call) async throws -> Reply {
        var query = call.query
        let isDryRun = query.boolean("dry_run") ?? false
        try query.finish()
        var file = try EntryImport.read(try ImportSource.bytes(of: call.exchange))
        file.report.isDryRun = isDryRun
        guard !file.rows.isEmpty else { return reply(file.report) }
        guard isDryRun else {
            return try await twice {
                try await call.change { tx in reply(try await EntryImport.carryOut(file, call.context, in: tx)) }
            }
        }
        var answer = reply(try await trial(file, call))
        answer.isTrial = true
        return answer
    }

    /// What an import of this text in UTF-8 would do; nothing is stored.
    ///
    /// - Throws: ``APIError`` 400 for a file that can't be imported at all.
    static func dryRun(_ content: [UInt8], _ call: Call) async throws -> ImportReport {
        var file = try EntryImport.read(content)
        file.report.isDryRun = true
        return file.rows.isEmpty ? file.report : try await trial(file, call)
    }

    private static func trial(_ file: EntryImport.File, _ call: Call) async throws -> ImportReport {
        do {
            return try await twice {
                try await call.context.change { tx -> ImportReport in
                    throw DryRun(report: try await EntryImport.carryOut(file, call.context, in: tx))
                }
            }
        } catch let dryRun as DryRun {
            return dryRun.report
        }
    }

    /// Tries an import once more when somebody made the same client or project meanwhile; now it is found.
    static func twice<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError where error.code == .uniqueViolation {
            return try await body()
        }
    }

    /// 400 when there were rows and none was taken.
    private static func reply(_ report: ImportReport) -> Reply {
        .json(report.isSuccess ? .ok : .badRequest, capacity: 4096) { report.write(to: &$0) }
    }
}
