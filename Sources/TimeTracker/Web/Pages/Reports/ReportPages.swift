import HTTPTypes
import NIOCore
import Postgres

/// `/reports`: hours in a span of time, as a chart, a table and a file.
enum ReportPages {
    static let routes = [
        Route(
            .get, path: "/reports", summary: "Reports", access: .page(.user), module: .reports, isHeavy: true,
            response: .string(), handler: show),
        Route(
            .get, path: "/reports/export", summary: "A report as CSV", access: .page(.user), module: .reports,
            isHeavy: true, response: .string(), handler: export),
    ]

    /// Longest span, in days.
    private static let longest: Int32 = 3 * 366

    /// The request in a query: this month by project where nothing else is said.
    private static func request(_ call: Call) async throws -> (request: ReportTable.Request, today: Int32) {
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

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let choosing = FormOptions.projects(call)
        async let naming = FormOptions.users(call)
        let (request, today): (ReportTable.Request, Int32)
        do {
            (request, today) = try await self.request(call)
        } catch let error where FormProblems(error) != nil {
            _ = try await (choosing, naming)
            return call.page(
                "report_problem", title: "Reports", .reports, try await loading, status: .unprocessableContent,
                ["problems": FormProblems(error)?.listed([]) ?? []])
        }
        let table = try await ReportTable.load(request, call.db)
        let format = call.format
        var query = call.query
        let most = table.lines.map(\.seconds).max() ?? 0
        let groups = ReportTable.Group.allCases.map { FormField.Option(value: $0.rawValue, name: $0.label) }
        let projects = [FormField.Option(value: "", name: "All")] + (try await choosing)
        let people = [FormField.Option(value: "", name: "Everybody")] + (try await naming)
        let library = ChartLibrary.address(call.app.assets)
        let rest = call.exchange.rawQuery.isEmpty ? "" : "?" + call.exchange.rawQuery
        return call.page(
            "reports", title: "Reports", .reports, try await loading,
            [
                "start_date": InstantFormat.dateText(request.first), "end_date": InstantFormat.dateText(request.last),
                "span": "\(format.date(request.first)) – \(format.date(request.last))",
                "groups": FormOptions.values(groups, chosen: request.group.rawValue),
                "projects": FormOptions.values(projects, chosen: query.text("project_id") ?? ""),
                "people": FormOptions.values(people, chosen: query.text("person") ?? ""),
                "is_admin_filter": call.principal.isAdmin, "group_label": request.group.label,
                "lines": table.lines.map { line($0, request, most: most, format) }, "has_lines": !table.lines.isEmpty,
                "sum": PersonFormat.hours(table.seconds), "billable_sum": PersonFormat.hours(table.billableSeconds),
                "share": share(table.billableSeconds, table.seconds), "entries_sum": "\(table.entries)",
                "value_sum": format.money(table.value), "change": change(table),
                "before": PersonFormat.hours(table.secondsBefore), "presets": presets(today, request, format),
                "is_tag": request.group == .tag, "export": "/reports/export" + rest,
                "charts": StaticAssets.charts.path, "library": library ?? "", "has_library": library != nil,
            ])
    }

    private static func line(
        _ line: ReportTable.Line, _ request: ReportTable.Request, most: Int64, _ format: PersonFormat
    ) -> [String: Any] {
        [
            "label": label(line, request, format), "hours": PersonFormat.hours(line.seconds),
            "billable": PersonFormat.hours(line.billableSeconds), "share": share(line.billableSeconds, line.seconds),
            "count": "\(line.entries)", "value": format.money(line.value),
            "width": "\(most > 0 ? max(1, line.seconds * 100 / most) : 0)",
        ]
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
    private static func change(_ table: ReportTable) -> String {
        guard table.secondsBefore > 0 else { return "–" }
        let tenths = (table.seconds - table.secondsBefore) * 1000 / table.secondsBefore
        return "\(tenths > 0 ? "↑ " : tenths < 0 ? "↓ " : "")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }

    private static func presets(_ today: Int32, _ request: ReportTable.Request, _ format: PersonFormat) -> [[String:
        Any]]
    {
        let date = CivilDate(daysSince2000: today)
        let week = format.startOfWeek(today)
        let month = CivilDate(year: date.year, month: date.month, day: 1).daysSince2000
        let previous = CivilDate(daysSince2000: month - 1)
        let spans: [(String, Int32, Int32)] = [
            ("This week", week, week + 6), ("Last week", week - 7, week - 1),
            ("This month", month, month + Int32(CivilDate.daysIn(month: date.month, year: date.year)) - 1),
            ("Last month", CivilDate(year: previous.year, month: previous.month, day: 1).daysSince2000, month - 1),
            (
                "This year", CivilDate(year: date.year, month: 1, day: 1).daysSince2000,
                CivilDate(year: date.year, month: 12, day: 31).daysSince2000
            ),
        ]
        return spans.map { name, first, last in
            [
                "preset": name, "is_on": request.first == first && request.last == last,
                "address":
                    "/reports?start_date=\(InstantFormat.dateText(first))&end_date=\(InstantFormat.dateText(last))&group=\(request.group.rawValue)",
            ]
        }
    }

    @Sendable private static func export(_ call: Call) async throws -> Reply {
        let (request, _) = try await request(call)
        let table = try await ReportTable.load(request, call.db)
        var csv = CSVText(header: [
            request.group.label, "Hours", "Billable hours", "Entries", "Value (\(call.format.currency))",
        ])
        for line in table.lines {
            csv.add([
                .text(label(line, request, call.format)), .number(PersonFormat.hours(line.seconds)),
                .number(PersonFormat.hours(line.billableSeconds)), .number("\(line.entries)"),
                .number(Money.format(line.value)),
            ])
        }
        return csv.reply(
            name: "report-\(InstantFormat.dateText(request.first))-\(InstantFormat.dateText(request.last)).csv")
    }
}
