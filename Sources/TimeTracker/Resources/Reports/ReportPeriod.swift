/// A span of time that goes along with the calendar.
enum ReportPeriod: String, CaseIterable, Sendable {
    case thisWeek = "this_week"
    case lastWeek = "last_week"
    case monthToDate = "month_to_date"
    case thisMonth = "this_month"
    case lastMonth = "last_month"
    case thisYear = "this_year"

    var label: String {
        switch self {
        case .thisWeek: "This week"
        case .lastWeek: "Last week"
        case .monthToDate: "This month so far"
        case .thisMonth: "This month"
        case .lastMonth: "Last month"
        case .thisYear: "This year"
        }
    }

    /// First and last day, in days since 2000-01-01.
    ///
    /// - Parameter startOfWeek: the first day of the week in which a day lies.
    func days(_ today: Int32, startOfWeek: (Int32) -> Int32) -> (first: Int32, last: Int32) {
        let date = CivilDate(daysSince2000: today)
        let week = startOfWeek(today)
        let month = CivilDate(year: date.year, month: date.month, day: 1).daysSince2000
        switch self {
        case .thisWeek: return (week, week + 6)
        case .lastWeek: return (week - 7, week - 1)
        case .monthToDate: return (month, today)
        case .thisMonth: return (month, month + Int32(CivilDate.daysIn(month: date.month, year: date.year)) - 1)
        case .lastMonth:
            let previous = CivilDate(daysSince2000: month - 1)
            return (CivilDate(year: previous.year, month: previous.month, day: 1).daysSince2000, month - 1)
        case .thisYear:
            return (
                CivilDate(year: date.year, month: 1, day: 1).daysSince2000,
                CivilDate(year: date.year, month: 12, day: 31).daysSince2000
            )
        }
    }
}

extension ReportPeriod: ColumnValue {}
