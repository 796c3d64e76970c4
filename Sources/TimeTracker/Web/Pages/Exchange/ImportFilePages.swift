import HTTPTypes
import Postgres

/// The import of a file in two steps: it is uploaded and checked, and imported when its user has seen what would happen
/// (behaviour.md §12.14).
enum ImportFilePages {
    private static let home = ExchangePages.home
    private static let files = home + "/files"

    static let routes = [
        Route(
            .post, path: home, summary: "Upload a file of entries and check it", access: .page(.user), upload: .csv,
            response: .string(), handler: upload),
        Route(
            .get, path: files + "/{id}", summary: "What an import of a file would do, or has done",
            access: .page(.user), response: .string()
        ) { call in try await page(call) },
        Route(
            .post, path: files + "/{id}/import", summary: "Import a file that was checked",
            access: .page(.action(of: home)), isHeavy: true, response: .string(), handler: carryOut),
        Route(
            .get, path: files + "/{id}/bad-rows", summary: "Rows with problems as CSV", access: .page(.user),
            isHeavy: true, response: .string(), handler: badRows),
    ]

    // MARK: Steps

    /// Stores nothing but the file.
    @Sendable private static func upload(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        // The key is in the address: the body is a file.
        var query = call.query
        let form = try FormBody(RawText("request_key=\(PercentEncoding.encode(query.text("request_key") ?? ""))"))
        let result = try await call.carryOut(BodySchema("ImportFile", []), [], form: form) { call in
            let content = try ImportSource.bytes(of: call.exchange)
            let report = try await ImportRoute.dryRun(content, call)
            return try await call.change { tx in
                let id = try await StagedImport.keep(content, report, call.context, in: tx)
                return .json { json in
                    json.beginObject()
                    json.key("file")
                    json.beginObject()
                    json.key("id")
                    json.value(id)
                    json.endObject()
                    json.endObject()
                }
            }
        }
        switch result {
        case .done(let answer): return call.seeOther(answer.id(of: "file").map { "\(files)/\($0)" } ?? home)
        case .refused(let problems): return try await ExchangePages.page(call, problems: problems)
        }
    }

    @Sendable private static func carryOut(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let result = try await call.carryOut(BodySchema("Import", []), [], form: form) { call in
            try await ImportRoute.twice {
                try await call.change { tx in
                    try await StagedImport.carryOut(call.pathID, call.context, in: tx)
                    return .message("Imported")
                }
            }
        }
        switch result {
        case .done: return call.seeOther("\(files)/\(call.pathID)")
        case .refused(let problems): return try await page(call, problems: problems)
        }
    }

    // MARK: Page

    /// Bytes of a file that are read to show how it begins, and what of it is shown.
    private static let beginning: Int64 = 65_536
    private static let (shownRows, shownColumns, shownLength, shownProblems) = (5, 30, 60, 50)

    private static func page(_ call: Call, problems: FormProblems? = nil) async throws -> Reply {
        async let loading = Frame.load(call)
        async let reading = StagedImport.content(call.pathID, first: beginning, call.context)
        let file = try await StagedImport.find(call.pathID, call.context)
        var values = preview(try await reading)
        values["file_id"] = "\(file.id)"
        values["is_imported"] = file.isImported
        values["rows_total"] = "\(file.total)"
        values["created"] = "\(file.created)"
        values["can_import"] = !file.isImported && file.created > 0
        let failed = file.problems
        values["failed"] = "\(failed.count)"
        values["has_failed"] = !failed.isEmpty
        values["has_more_failed"] = failed.count > shownProblems
        values["bad_rows"] = failed.prefix(shownProblems).map { ["row": "\($0.row)", "error_text": $0.text] }
        values["made"] = [
            (file.clients, "client"), (file.projects, "project"), (file.tasks, "task"),
        ].filter { $0.0 > 0 }.map { ["number": "\($0.0)", "kind": $0.0 == 1 ? $0.1 : $0.1 + "s"] }
        values["warnings"] = file.warnings
        values["has_problems"] = problems != nil
        values["problems"] = problems?.listed([]) ?? []
        if problems != nil { values["has_errors"] = true }
        return call.page(
            "import_file", title: file.isImported ? "Imported" : "Check the import", .exchange, try await loading,
            status: problems == nil ? .ok : .unprocessableContent, values)
    }

    /// The columns with what they mean, and the first rows.
    private static func preview(_ content: [UInt8]) -> [String: Any] {
        var reader = CSVReader(content)
        guard let header = reader.next() else { return [:] }
        let columns = ImportColumns(header: header)
        var rows: [[String: Any]] = []
        var number = 1
        while rows.count < shownRows, let fields = reader.next() {
            number += 1
            guard fields.contains(where: { !Tags.trim($0).isEmpty }) else { continue }
            let cells = header.indices.prefix(shownColumns).map { $0 < fields.count ? short(fields[$0]) : "" }
            rows.append(["number": "\(number)", "cells": cells])
        }
        return [
            "columns": header.prefix(shownColumns).enumerated().map { place, name in
                let meaning = columns.meaning(at: place)?.label
                return ["title": short(name), "meaning": meaning ?? "ignored", "is_ignored": meaning == nil]
                    as [String: Any]
            },
            "rows": rows, "has_more_columns": header.count > shownColumns,
        ]
    }

    private static func short(_ text: String) -> String {
        let raw = RawText(text)
        return raw.codePointCount > shownLength ? raw.prefix(codePoints: shownLength).unchecked + "…" : text
    }

    // MARK: Rows with problems

    /// The rows as they are in the file, each with its problem, to be mended and uploaded again.
    @Sendable private static func badRows(_ call: Call) async throws -> Reply {
        async let reading = StagedImport.content(call.pathID, call.context)
        let file = try await StagedImport.find(call.pathID, call.context)
        var problems = file.problems[...]
        var reader = CSVReader(try await reading)
        guard let header = reader.next() else { throw APIError.notFound("Import", call.pathID) }
        var csv = CSVText(header: ["Row", "Problem"] + header)
        var number: Int64 = 1
        while let problem = problems.first, let fields = reader.next() {
            number += 1
            guard number == problem.row else { continue }
            problems = problems.dropFirst()
            csv.add([.number("\(number)"), .text(problem.text)] + fields.map { .text($0) })
        }
        return csv.reply(name: "timetracker-bad-rows.csv")
    }
}

extension ImportColumns.Meaning {
    /// What people call it.
    fileprivate var label: String {
        switch self {
        case .projectID: "Project, by number"
        case .projectName: "Project"
        case .clientName: "Client"
        case .taskID: "Task, by number"
        case .taskName: "Task"
        case .startDate: "Day"
        case .start: "Start"
        case .endDate: "Day of the end"
        case .end: "End"
        case .duration: "Duration"
        case .notes: "Notes"
        case .tags: "Tags"
        case .billable: "Billable"
        case .email: "Person, by email"
        case .user: "Person"
        }
    }
}
