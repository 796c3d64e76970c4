/// The ways of looking at a timesheet, each of which leads to the others at the same day.
enum TimesheetView: String, CaseIterable {
    case day, week, month, calendar

    var label: String {
        switch self {
        case .day: "Day"
        case .week: "Week"
        case .month: "Month"
        case .calendar: "Calendar"
        }
    }

    /// - Parameter day: one that is shown; nil = today.
    func address(_ day: Int32?) -> String {
        let date = day.map(InstantFormat.dateText)
        return switch self {
        case .day: "/timesheet/day" + (date.map { "?date=\($0)" } ?? "")
        case .week: "/timesheet" + (date.map { "?week=\($0)" } ?? "")
        case .month: "/timesheet/month" + (date.map { "?month=\($0)" } ?? "")
        case .calendar: "/timesheet/calendar" + (date.map { "?week=\($0)" } ?? "")
        }
    }

    /// Links to all of them; the keys are the first letters.
    static func html(_ current: TimesheetView, day: Int32) -> HTML {
        var html = HTMLWriter(capacity: 1024)
        html.literal("<nav class=\"views\" aria-label=\"Views\">")
        for view in allCases {
            html.literal("<a href=\"")
            html.text(view.address(day))
            html.literal("\" data-view=\"")
            html.text(String(view.rawValue.prefix(1)))
            html.literal(view == current ? "\" aria-current=\"page\">" : "\">")
            html.text(view.label)
            html.literal("</a>")
        }
        html.literal("</nav>")
        return html.finish()
    }
}
