/// Writes the lines of the week grid: a place each, with a cell for each day.
struct WeekMarkup {
    private let week: TimesheetWeek
    private let typed: [RawText: String]
    private let problems: [String: String]
    private let canWrite: Bool
    /// What days are called, and where they lead to.
    private let days: [(spoken: String, address: String)]

    /// - Parameters:
    ///   - typed: what was typed into cells, if something was refused.
    ///   - problems: the cells that were, by name.
    init(_ call: Call, _ week: TimesheetWeek, typed: FormBody?, problems: [String: String]) {
        self.week = week
        self.typed = Dictionary((typed?.pairs ?? []).map { (RawText($0.name), $0.value) }) { first, _ in first }
        self.problems = problems
        canWrite = call.principal.isWriter
        let format = call.format
        days = (0..<7).map { index in
            let day = week.first + Int32(index)
            return (format.longDate(day), TimesheetView.day.address(day))
        }
    }

    func lines() -> HTML {
        var html = HTMLWriter(capacity: 16 * 1024)
        for line in week.lines { write(line, to: &html) }
        return html.finish()
    }

    private func write(_ line: TimesheetWeek.Line, to html: inout HTMLWriter) {
        html.literal("<tr data-row><th scope=\"row\">")
        html.text(line.place.name)
        html.literal("<br><span class=\"hint\">")
        html.text(line.place.clientName)
        html.literal("</span></th>")
        for (day, cell) in line.cells.enumerated() { write(cell, day, line.place, to: &html) }
        html.literal("<td class=\"right num\" data-sum>")
        html.text(PersonFormat.duration(line.seconds))
        html.literal("</td></tr>\n")
    }

    private func write(_ cell: TimesheetWeek.Cell, _ day: Int, _ place: Place, to html: inout HTMLWriter) {
        html.literal("<td data-day=\"")
        html.number(Int64(day))
        html.literal("\" data-minutes=\"")
        html.number((cell.seconds + 30) / 60)
        html.literal(week.first + Int32(day) == week.today ? "\" class=\"today\">" : "\">")
        let shown = cell.seconds == 0 ? "" : PersonFormat.duration(cell.seconds)
        if cell.entries.count > 1 {
            html.literal("<a class=\"many num\" href=\"")
            html.text(days[day].address)
            html.literal("\" aria-label=\"")
            writeSpoken(day, place, to: &html)
            html.text(": \(shown), \(cell.entries.count) entries")
            html.literal("\">")
            html.text(shown)
            html.literal("</a></td>")
            return
        }
        let name = TimesheetChange.name(place, day: day)
        html.literal("<input name=\"")
        html.text(name)
        html.literal("\" value=\"")
        html.text(typed[RawText(name)] ?? shown)
        html.literal("\" aria-label=\"")
        writeSpoken(day, place, to: &html)
        html.literal("\" maxlength=\"20\" autocomplete=\"off\"")
        if problems[name] != nil { html.literal(" aria-invalid=\"true\"") }
        html.literal(canWrite ? "></td>" : " readonly></td>")
    }

    private func writeSpoken(_ day: Int, _ place: Place, to html: inout HTMLWriter) {
        html.text(place.name)
        html.literal(", ")
        html.text(days[day].spoken)
    }
}
