import HTTPTypes
import Postgres

/// `/reports/saved`: reports that have a name, one's own and those that others share.
enum SavedReportPages {
    static let home = "/reports/saved"

    static let routes = [
        Route(
            .get, path: home, summary: "Saved reports", access: .page(.user), module: .reports, response: .string()
        ) { call in try await list(call) },
        Route(
            .post, path: home, summary: "Save a report", access: .page(.action(of: ReportPages.path)), module: .reports,
            isHeavy: true, response: .string(), handler: create),
        Route(
            .get, path: home + "/{id}", summary: "Open a saved report", access: .page(.user), module: .reports,
            response: .string(), handler: open),
        Route(
            .post, path: home + "/{id}", summary: "Name or share a saved report", access: .page(.action(of: home)),
            module: .reports, response: .string(), handler: update),
        Route(
            .post, path: home + "/{id}/delete", summary: "Delete a saved report", access: .page(.action(of: home)),
            module: .reports, response: .string(), handler: remove),
    ]

    // MARK: List

    private static func list(_ call: Call, typed: (id: Int64, name: String)? = nil, problems: FormProblems? = nil)
        async throws -> Reply
    {
        async let loading = Frame.load(call)
        let reports = try await SavedReport.list(call.context)
        let rows = reports.map { report -> [String: Any] in
            let isOwn = report.isOwned(by: call.principal)
            return [
                "id": "\(report.id)", "name": report.name, "address": "\(home)/\(report.id)",
                "about": about(report.filter, call.format), "owner": isOwn ? "You" : report.owner,
                "is_shared": report.isShared, "is_own": isOwn, "can_delete": isOwn || call.principal.isAdmin,
                "typed": typed?.id == report.id ? typed?.name ?? "" : report.name, "is_open": typed?.id == report.id,
            ]
        }
        return call.page(
            "saved_reports", title: "Saved reports", .reports, try await loading,
            status: problems == nil ? .ok : .unprocessableContent,
            [
                "reports": rows, "has_reports": !rows.isEmpty, "has_problems": problems != nil,
                "has_errors": problems != nil, "problems": problems?.listed([]) ?? [],
                "longest": "\(SavedReport.longestName)",
            ])
    }

    /// `By client, this month`.
    private static func about(_ filter: SavedReport.Filter, _ format: PersonFormat) -> String {
        let span =
            switch filter.span {
            case .period(let period): period.label.lowercased()
            case .days(let first, let last): "\(format.date(first)) – \(format.date(last))"
            }
        return "By \(filter.grouping), \(span)" + (filter.projectID == nil ? "" : ", one project")
            + (filter.personID == nil ? "" : ", one person")
    }

    // MARK: Open

    @Sendable private static func open(_ call: Call) async throws -> Reply {
        let report = try await SavedReport.find(call.pathID, call.context)
        let today = try await call.db.query(LocalDay.statement(zone: call.zone)).first?.date(0) ?? 0
        return .seeOther(address(report, today, call.format))
    }

    /// The report as it is today.
    static func address(_ report: SavedReport, _ today: Int32, _ format: PersonFormat) -> String {
        let (first, last) =
            switch report.filter.span {
            case .period(let period): period.days(today, startOfWeek: format.startOfWeek)
            case .days(let first, let last): (first.number, last.number)
            }
        var address =
            "\(ReportPages.path)?start_date=\(InstantFormat.dateText(first))&end_date=\(InstantFormat.dateText(last))"
            + "&group=\(report.filter.grouping)"
        if let project = report.filter.projectID { address += "&project_id=\(project)" }
        if let person = report.filter.personID { address += "&person=\(person)" }
        return address + "&saved=\(report.id)"
    }

    // MARK: Changes

    private static func members(_ form: FormBody) -> [(String, JSONValue)] {
        [("name", .string(RawText(form.text("name") ?? ""))), ("is_shared", .bool(form.isChecked("is_shared")))]
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let query = ["start_date", "end_date", "group", "project_id", "person"].compactMap { name -> String? in
            let value = form.trimmed(name)
            return value.isEmpty ? nil : "\(name)=\(PercentEncoding.encode(value))"
        }.joined(separator: "&")
        guard let filter = try? await ReportPages.request(call.asking(query: query)) else {
            throw APIError.malformedForm
        }
        let person = form.trimmed("person")
        let saved = SavedReport.Filter(
            grouping: filter.request.group.rawValue,
            span: form.text("span").flatMap(ReportPeriod.init).map { .period($0) }
                ?? .days(first: Day(filter.request.first), last: Day(filter.request.last)),
            projectID: filter.request.projectID.map { ID($0) }, personID: Int64(person).map { ID($0) })
        let result = try await call.carryOut(SavedReportInput.body, members(form), form: form, ids: []) { call in
            let (name, isShared) = try SavedReportInput.read(call)
            return try await call.change { tx in
                let id = try await SavedReport.create(name, saved, isShared: isShared, call.context, in: tx)
                return .json { json in
                    json.beginObject()
                    json.key("id")
                    json.value(id)
                    json.endObject()
                }
            }
        }
        switch result {
        case .done(let answer):
            guard case .number(let id)? = answer["id"] else { throw APIError.internalError }
            return call.seeOther("\(home)/\(id)", .reportSaved)
        case .refused(let problems):
            return try await ReportPages.page(call.asking(query: query), typed: form, problems)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let id = call.pathID
        let result = try await call.carryOut(SavedReportInput.body, members(form), form: form) { call in
            let (name, isShared) = try SavedReportInput.read(call)
            return try await call.change { tx in
                try await SavedReport.update(id, name: name, isShared: isShared, call.context, in: tx)
                return .message("Saved")
            }
        }
        switch result {
        case .done: return call.seeOther(home, .reportSaved)
        case .refused(let problems):
            return try await list(call, typed: (id, form.text("name") ?? ""), problems: problems)
        }
    }

    @Sendable private static func remove(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let id = call.pathID
        let result = try await call.carryOut(SavedReportInput.body, [], form: form) { call in
            try await call.change { tx in
                try await SavedReport.remove(id, call.context, in: tx)
                return .message("Deleted")
            }
        }
        switch result {
        case .done: return call.seeOther(home, .reportDeleted)
        case .refused(let problems): return try await list(call, problems: problems)
        }
    }
}
