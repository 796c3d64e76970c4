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
        do {
            do {
                return try await carryOut(file, call)
            } catch let error as PostgresError where error.code == .uniqueViolation {
                // Somebody made the same client or project meanwhile; now it is found.
                return try await carryOut(file, call)
            }
        } catch let dryRun as DryRun {
            var reply = reply(dryRun.report)
            reply.isTrial = true
            return reply
        }
    }

    private static func carryOut(_ file: EntryImport.File, _ call: Call) async throws -> Reply {
        try await call.change { tx in
            let report = try await EntryImport.carryOut(file, call.context, in: tx)
            if report.isDryRun { throw DryRun(report: report) }
            return reply(report)
        }
    }

    /// 400 when there were rows and none was taken.
    private static func reply(_ report: ImportReport) -> Reply {
        .json(report.isSuccess ? .ok : .badRequest, capacity: 4096) { report.write(to: &$0) }
    }
}
