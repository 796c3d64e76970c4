/// A day of the proleptic Gregorian calendar, and its number of days since 2000-01-01.
struct CivilDate: Equatable, Sendable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Nil for a day that doesn't exist.
    init?(validating year: Int, _ month: Int, _ day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysIn(month: month, year: year)
        else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    /// Counts years from March, so that the leap day is a year's last and needs no special case. Counted from so long ago
    /// that nothing is negative, which spares the divisions a look at signs: lists write four of these a row.
    init(daysSince2000 days: Int32) {
        let eras: UInt64 = 14_700
        let z = UInt64(bitPattern: Int64(days) &+ 730_425) &+ eras &* 146_097
        let era = z / 146_097
        let dayOfEra = z &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let shifted = (5 &* dayOfYear &+ 2) / 153
        day = Int(truncatingIfNeeded: dayOfYear &- (153 &* shifted &+ 2) / 5 &+ 1)
        month = Int(truncatingIfNeeded: shifted < 10 ? shifted &+ 3 : shifted &- 9)
        year =
            Int(truncatingIfNeeded: yearOfEra) &+ (Int(truncatingIfNeeded: era) &- 14_700) &* 400
            &+ (month <= 2 ? 1 : 0)
    }

    var daysSince2000: Int32 {
        let year = month <= 2 ? self.year - 1 : self.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 730_425)
    }

    static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: isLeap(year) ? 29 : 28
        default: 31
        }
    }
}
