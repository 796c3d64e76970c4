/// Hours of one day.
struct DayHours: Sendable {
    /// Days since 2000-01-01.
    let day: Int32
    /// Hundredths.
    let hours: Int64

    init(day: Int32, seconds: Int64) {
        self.day = day
        hours = Money.hours(seconds: seconds)
    }
}
