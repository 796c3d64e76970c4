/// How a person reads dates, times and amounts: by their own choice, else the installation's (behaviour.md §12.9).
struct PersonFormat: Sendable {
    /// IANA name of the zone in which times are shown and typed.
    let zone: String
    let dateFormat: String
    let is12Hours: Bool
    /// 0 Sunday .. 6 Saturday.
    let weekStart: Int
    let currency: String

    init(_ settings: Settings, _ user: SessionUser?) {
        zone = user?.timezone ?? settings.timezone
        dateFormat = user?.dateFormat ?? settings.dateFormat
        is12Hours = (user?.timeFormat ?? settings.timeFormat) == "12h"
        weekStart = user?.weekStart ?? 1
        currency = settings.currency
    }

    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// English; 2000-01-01 was a Saturday.
    static func weekday(_ day: Int32) -> String { weekdays[Int((day % 7 + 12) % 7)] }

    /// The first day of the week in which a day lies.
    func startOfWeek(_ day: Int32) -> Int32 {
        let weekday = (day % 7 + 13) % 7
        return day - (weekday - Int32(weekStart) + 7) % 7
    }

    /// - Parameter day: days since 2000-01-01.
    func date(_ day: Int32) -> String {
        let date = CivilDate(daysSince2000: day)
        let (d, m) = (Self.two(date.day), Self.two(date.month))
        return switch dateFormat {
        case "MM/DD/YYYY": "\(m)/\(d)/\(date.year)"
        case "DD/MM/YYYY": "\(d)/\(m)/\(date.year)"
        case "DD.MM.YYYY": "\(d).\(m).\(date.year)"
        default: InstantFormat.dateText(day)
        }
    }

    func date(_ day: Day) -> String { date(day.number) }

    /// `Tuesday, 2026-03-03`.
    func longDate(_ day: Int32) -> String { "\(Self.weekday(day)), \(date(day))" }

    /// - Parameter wall: naive microseconds since 2000-01-01.
    func time(_ wall: Int64) -> String {
        let minutes = Int(InstantFormat.split(wall).microseconds / 60_000_000)
        let (hour, minute) = (minutes / 60, Self.two(minutes % 60))
        guard is12Hours else { return "\(Self.two(hour)):\(minute)" }
        return "\(hour % 12 == 0 ? 12 : hour % 12):\(minute) \(hour < 12 ? "am" : "pm")"
    }

    /// Date and time.
    func moment(_ wall: Int64) -> String { "\(date(InstantFormat.split(wall).days)) \(time(wall))" }
    func moment(_ wall: WallTime) -> String { moment(wall.microseconds) }

    /// `1:05`, minutes rounded half up.
    static func duration(_ seconds: Int64) -> String {
        let minutes = (seconds + 30) / 60
        return "\(minutes / 60):\(two(Int(minutes % 60)))"
    }

    /// `1:05:09`.
    static func clock(_ seconds: Int64) -> String {
        "\(seconds / 3600):\(two(Int(seconds / 60 % 60))):\(two(Int(seconds % 60)))"
    }

    /// `40`, `12.5`.
    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }

    /// `12.50`.
    static func hours(_ seconds: Int64) -> String { Money.format(Money.hours(seconds: seconds)) }

    /// - Parameter hundredths: of the installation's currency.
    func money(_ hundredths: Int64) -> String { "\(Money.format(hundredths)) \(currency)" }
    func money(_ amount: Money) -> String { money(amount.hundredths) }

    /// - Parameter number: 0 to 99.
    private static func two(_ number: Int) -> String { pairs[number] }

    private static let pairs = (0..<100).map { $0 < 10 ? "0\($0)" : "\($0)" }
}

extension PersonFormat {
    static func quantity<Unit>(_ amount: Amount<Unit>) -> String { amount.short }

    /// Of hundredths.
    static func quantity(_ hundredths: Int64) -> String { Quantity(hundredths).short }
}
