import HTTPTypes
import NIOCore
import Postgres

/// `/reports`: hours in a span of time, as a chart, a table and a file.
enum ReportPages {
    static let path = "/reports"

    static let routes = [
        Route(
            .get, path: path, summary: "Reports", access: .page(.user), module: .reports, isHeavy: true,
            response: .string()
        ) { call in try await page(call) },
        Route(
            .get, path: "/reports/export", summary: "A report as CSV", access: .page(.user), module: .reports,
            isHeavy: true, response: .string(), handler: export),
    ]

    /// Longest span, in days.
    private static let longest: Int32 = 3 * 366

    /// The request in a query: this month by project where nothing else is said.
    static func request(_ call: Call) async throws -> (request: ReportTable.Request, today: Int32) {
        let today = try await call.db.query(LocalDay.statement(zone: call.zone)).first?.date(0) ?? 0
        var query = call.query
        let month = CivilDate(daysSince2000: today)
        let first =
            query.text("start_date").flatMap(EntryForm.day)
            ?? CivilDate(year: month.year, month: month.month, day: 1).daysSince2000
        let last = min(query.text("end_date").flatMap(EntryForm.day) ?? max(today, first), first + longest)
        let group = query.text("group").flatMap(ReportTable.Group.init) ?? .project
        let person = query.text("person")
        let project = query.integer("project_id")
        try query.finish()
        guard last >= first else {
            throw APIError.validation("end_date", "The end must not be before the beginning.")
        }
        let user: Int64? =
            call.principal.isAdmin ? (person == nil ? nil : person.flatMap { Int64($0) } ?? 0) : call.principal.userID
        return (
            ReportTable.Request(
                group: group, first: first, last: last, projectID: project, userID: user, zone: call.zone), today
        )
    }

    /// - Parameter typed: what the form that saves the report was sent with, if that was refused.
    static func page(_ call: Call, typed: FormBody? = nil, _ problems: FormProblems? = nil) async throws -> Reply {
        async let loading = Frame.load(call)
        async let choosing = FormOptions.projects(call)
        async let naming = FormOptions.users(call)
        async let saving = SavedReport.list(call.context)
        let (request, today): (ReportTable.Request, Int32)
        do {
            (request, today) = try await self.request(call)
        } catch let error where FormProblems(error) != nil {
            _ = try await (choosing, naming, saving)
            return call.page(
                "report_problem", title: "Reports", .reports, try await loading, status: .unprocessableContent,
                ["problems": FormProblems(error)?.listed([]) ?? []])
        }
        let table = try await ReportTable.load(request, call.db)
        let total = table.total
        let format = call.format
        var query = call.query
        let groups = ReportTable.Group.allCases.map { FormField.Option(value: $0.rawValue, name: $0.label) }
        let projects = [FormField.Option(value: "", name: "All")] + (try await choosing)
        let people = [FormField.Option(value: "", name: "Everybody")] + (try await naming)
        let library = ChartLibrary.address(call.app.assets)
        let rest = call.exchange.rawQuery.isEmpty ? "" : "?" + call.exchange.rawQuery
        let saved = try await saving
        let open = query.integer("saved").flatMap { id in saved.first { $0.id == id } }
        var values: [String: Any] = [
            "start_date": InstantFormat.dateText(request.first), "end_date": InstantFormat.dateText(request.last),
            "span": "\(format.date(request.first)) – \(format.date(request.last))",
            "groups_html": FormOptions.html(groups, chosen: request.group.rawValue),
            "projects_html": FormOptions.html(projects, chosen: query.text("project_id") ?? ""),
            "people_html": FormOptions.html(people, chosen: query.text("person") ?? ""),
            "is_admin_filter": call.principal.isAdmin, "group_label": request.group.label,
            "group_word": request.group.rawValue,
            "lines_shown": "\(table.lines.count)", "lines_all": "\(total.lines)",
            "is_cut": table.lines.count < total.lines,
            "lines_html": lines(table, request, format), "has_lines": !table.lines.isEmpty,
            "sum": PersonFormat.hours(total.seconds), "billable_sum": PersonFormat.hours(total.billableSeconds),
            "share": share(total.billableSeconds, total.seconds), "entries_sum": "\(total.entries)",
            "value_sum": format.money(total.value), "change": change(total),
            "before": PersonFormat.hours(total.secondsBefore), "presets": presets(today, request, format),
            "is_tag": request.group == .tag, "export": "/reports/export" + rest,
            "charts": StaticAssets.charts.path, "library": library ?? "", "has_library": library != nil,
            "saved": saved.prefix(12).map {
                ["label": $0.name, "address": "\(SavedReportPages.home)/\($0.id)", "is_on": $0.id == open?.id]
            }, "has_saved": !saved.isEmpty, "group": request.group.rawValue,
            "project_id": query.text("project_id") ?? "", "person": query.text("person") ?? "",
            "spans_html": spans(today, request, format, chosen: typed?.text("span")),
            "typed_name": typed?.text("name") ?? "", "typed_shared": typed?.isChecked("is_shared") ?? false,
            "longest": "\(SavedReport.longestName)", "has_problems": problems != nil, "has_errors": problems != nil,
            "problems": problems?.listed([]) ?? [],
        ]
        if let open { values["open_name"] = open.name }
        values.merge(
            APISnippet.values(call, "/reports/summary", key: "summary", query: apiQuery(request), isList: false)
        ) { $1 }
        return call.page(
            "reports", title: open?.name ?? "Reports", .reports, try await loading,
            status: problems == nil ? .ok : .unprocessableContent, values)
    }

    /// Span, project and person as the API's summary takes them.
    private static func apiQuery(_ request: ReportTable.Request) -> String {
        var pairs = [
            "start_date=\(InstantFormat.dateText(request.first))", "end_date=\(InstantFormat.dateText(request.last))",
        ]
        if let project = request.projectID { pairs.append("project_id=\(project)") }
        if let user = request.userID { pairs.append("user_id=\(user)") }
        return pairs.joined(separator: "&")
    }

    /// What a saved report may mean by the span that is shown: just it, or the part of the calendar that it is now.
    private static func spans(
        _ today: Int32, _ request: ReportTable.Request, _ format: PersonFormat, chosen: String?
    ) -> HTML {
        let periods = ReportPeriod.allCases.filter {
            $0.days(today, startOfWeek: format.startOfWeek) == (request.first, request.last)
        }
        let options =
            periods.map { FormField.Option(value: $0.rawValue, name: "\($0.label), whichever it is then") }
            + [
                FormField.Option(
                    value: "days", name: "Always \(format.date(request.first)) – \(format.date(request.last))")
            ]
        return FormOptions.html(options, chosen: chosen ?? options.first?.value)
    }

    private static func lines(_ table: ReportTable, _ request: ReportTable.Request, _ format: PersonFormat) -> HTML {
        let most = table.lines.map(\.seconds).max() ?? 0
        var html = HTMLWriter(capacity: 1024 * max(table.lines.count, 1))
        for line in table.lines {
            let label = label(line, request, format)
            let hours = PersonFormat.hours(line.seconds)
            html.literal("<tr data-label=\"")
            html.text(label)
            html.literal("\" data-value=\"")
            html.text(hours)
            html.literal("\"><th scope=\"row\">")
            html.text(label)
            html.literal("</th><td class=\"right num\" data-label=\"Hours\">")
            html.text(hours)
            html.literal("</td><td class=\"bar-cell\"><svg class=\"bars\" viewBox=\"0 0 100 8\"")
            html.literal(" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"")
            html.number(most > 0 ? max(1, line.seconds * 100 / most) : 0)
            html.literal("\" height=\"8\"/></svg></td><td class=\"right num\" data-label=\"Billable\">")
            html.text(PersonFormat.hours(line.billableSeconds))
            html.literal("</td><td class=\"right num\" data-label=\"Share\">")
            html.text(share(line.billableSeconds, line.seconds))
            html.literal("</td><td class=\"right num\" data-label=\"Entries\">")
            html.number(line.entries)
            html.literal("</td><td class=\"right num\" data-label=\"Value\">")
            html.text(format.money(line.value))
            html.literal("</td></tr>\n")
        }
        return html.finish()
    }

    private static func label(_ line: ReportTable.Line, _ request: ReportTable.Request, _ format: PersonFormat)
        -> String
    {
        request.group.isTime ? format.date(Int32(truncatingIfNeeded: line.key)) : line.name
    }

    private static func share(_ part: Int64, _ whole: Int64) -> String {
        whole > 0 ? "\((part * 100 + whole / 2) / whole) %" : "–"
    }

    /// Against the span before.
    private static func change(_ total: ReportTable.Total) -> String {
        guard total.secondsBefore > 0 else { return "–" }
        let tenths = (total.seconds - total.secondsBefore) * 1000 / total.secondsBefore
        return "\(tenths > 0 ? "↑ " : tenths < 0 ? "↓ " : "")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }

    private static func presets(_ today: Int32, _ request: ReportTable.Request, _ format: PersonFormat) -> [[String:
        Any]]
    {
        ReportPeriod.allCases.map { period in
            let (first, last) = period.days(today, startOfWeek: format.startOfWeek)
            return [
                "preset": period.label, "is_on": request.first == first && request.last == last,
                "address":
                    "/reports?start_date=\(InstantFormat.dateText(first))&end_date=\(InstantFormat.dateText(last))&group=\(request.group.rawValue)",
            ]
        }
    }

    @Sendable private static func export(_ call: Call) async throws -> Reply {
        let (request, _) = try await request(call)
        let table = try await ReportTable.load(request, most: ReportTable.exported, call.db)
        var csv = CSVText(header: [
            request.group.label, "Hours", "Billable hours", "Entries", "Value (\(call.format.currency))",
        ])
        for line in table.lines {
            csv.add([
                .text(label(line, request, call.format)), .number(PersonFormat.hours(line.seconds)),
                .number(PersonFormat.hours(line.billableSeconds)), .number("\(line.entries)"),
                .number(line.value.text),
            ])
        }
        return csv.reply(
            name: "report-\(InstantFormat.dateText(request.first))-\(InstantFormat.dateText(request.last)).csv")
    }
}
