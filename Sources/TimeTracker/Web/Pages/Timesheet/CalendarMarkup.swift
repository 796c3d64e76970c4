/// Writes a ``CalendarWeek``: a column for each day, a row for each five minutes. Where an entry stands is said by
/// classes (``CalendarStyle``), since pages have no styles of their own; scripts take minutes from `data-` attributes.
struct CalendarMarkup {
    private let format: PersonFormat
    private let canWrite: Bool
    private let back: String

    init(_ call: Call, back: String) {
        format = call.format
        canWrite = call.principal.isWriter
        self.back = PercentEncoding.encode(back)
    }

    func html(_ week: CalendarWeek) -> HTML {
        var html = HTMLWriter(capacity: 32 * 1024)
        html.literal("<div class=\"hours\" aria-hidden=\"true\"><div class=\"corner\"></div><div class=\"labels\">")
        for hour in 1..<24 {
            html.literal("<span class=\"q")
            html.number(Int64(hour * 60 / CalendarStyle.rowMinutes))
            html.literal("\">")
            html.text(format.time(Int64(hour) * 3_600_000_000))
            html.literal("</span>")
        }
        html.literal("</div></div>\n")
        let parts = Dictionary(grouping: week.parts, by: \.day)
        for index in 0..<7 { writeDay(week, index, parts[index] ?? [], to: &html) }
        return html.finish()
    }

    private func writeDay(_ week: CalendarWeek, _ index: Int, _ parts: [CalendarWeek.Part], to html: inout HTMLWriter) {
        let day = week.first + Int32(index)
        html.literal(
            day == week.today
                ? "<section class=\"column today\" aria-label=\"" : "<section class=\"column\" aria-label=\"")
        html.text(format.longDate(day))
        html.literal("\"><h2><a href=\"")
        html.text(TimesheetView.day.address(day))
        html.literal("\" aria-label=\"")
        html.text(format.longDate(day))
        html.literal("\">")
        html.text(String(PersonFormat.weekday(day).prefix(3)))
        html.literal(" ")
        html.number(Int64(CivilDate(daysSince2000: day).day))
        html.literal("</a> <span class=\"num\">")
        html.text(PersonFormat.duration(week.daySeconds[index]))
        html.literal("</span></h2>\n<ol class=\"quarters\" data-date=\"")
        html.text(InstantFormat.dateText(day))
        html.literal("\">")
        for part in parts { write(part, week, to: &html) }
        html.literal("</ol></section>\n")
    }

    private func write(_ part: CalendarWeek.Part, _ week: CalendarWeek, to html: inout HTMLWriter) {
        let entry = part.row.entry
        let isWhole = entry.end != nil && part.row.day == week.first + Int32(part.day) && endsHere(part, week)
        html.literal("<li class=\"event q")
        html.number(Int64(min(part.from / CalendarStyle.rowMinutes, CalendarStyle.rows - CalendarStyle.leastRows)))
        html.literal(" s")
        html.number(Int64(CalendarStyle.span(part.from, part.to)))
        if part.overlaps {
            html.literal(" l")
            html.number(Int64(min(part.lane, CalendarStyle.mostLanes - 1)))
            html.literal("of")
            html.number(Int64(min(part.lanes, CalendarStyle.mostLanes)))
        }
        html.literal(entry.isRunning ? " running\"" : "\"")
        if canWrite, isWhole {
            html.literal(" data-id=\"")
            html.number(entry.id.number)
            html.literal("\" data-from=\"")
            html.number(Int64(part.from))
            html.literal("\" data-to=\"")
            html.number(Int64(part.to))
            html.literal("\" data-seen=\"")
            html.text(entry.updatedAt.text)
            html.literal("\"")
        }
        let place = Place(entry).name
        html.literal("><a href=\"/timer/edit/")
        html.number(entry.id.number)
        html.literal("?back=")
        html.text(back)
        html.literal("\"><span class=\"when num\">")
        html.text("\(format.time(part.row.start)) – \(part.row.end.map(format.time) ?? "now")")
        if part.overlaps { html.literal(" · overlaps") }
        html.literal("</span> <strong>")
        html.text(entry.notes.flatMap { $0.isEmpty ? nil : RawText($0).prefix(codePoints: 100).unchecked } ?? place)
        html.literal("</strong> <span>")
        html.text(place)
        html.literal("</span></a></li>\n")
    }

    /// Whether the entry ends on the day of this part.
    private func endsHere(_ part: CalendarWeek.Part, _ week: CalendarWeek) -> Bool {
        guard let end = part.row.end else { return false }
        return InstantFormat.split(max(end - 1, part.row.start)).days == week.first + Int32(part.day)
    }
}

/// Rules of the stylesheet for where an entry of the calendar stands.
enum CalendarStyle {
    /// Entries that stand side by side; more share the last place.
    static let mostLanes = 4

    static let rowMinutes = 5
    static let rows = 24 * 60 / rowMinutes
    /// What is shorter is drawn as long as this, so that there is something to take hold of.
    static let leastRows = 3

    /// Rows that minutes of a day take up.
    static func span(_ from: Int, _ to: Int) -> Int {
        max(leastRows, (to + rowMinutes - 1) / rowMinutes - from / rowMinutes)
    }

    static let rules: String = {
        var rules = ""
        for row in 0..<rows { rules += ".q\(row){grid-row-start:\(row + 1)}" }
        for span in leastRows...rows { rules += ".s\(span){grid-row-end:span \(span)}" }
        for lanes in 2...mostLanes {
            for lane in 0..<lanes {
                rules += ".l\(lane)of\(lanes){width:\(100 / lanes)%;margin-left:\(100 * lane / lanes)%}"
            }
        }
        return rules + "\n"
    }()
}
