/// A date and time as it stands in an import file, before it is known which order the file's dates have.
struct ImportTime: Sendable, Equatable {
    /// Days since 2000-01-01 if the day stands before the month; nil when that is no date.
    private let dayFirst: Int32?
    private let monthFirst: Int32?
    /// Of the day; at the end of an entry more than a day has if the entry crosses midnight.
    private(set) var seconds: Int32
    /// East of UTC; nil = wall time of the app zone.
    private let offset: Int32?
    /// Whether a time of day was given.
    let hasTime: Bool

    /// Takes what a lenient parser takes (behaviour.md §6.3): a date, one or two digits for day, month and hour, and
    /// perhaps, behind a blank or `T`, a time with seconds, fraction, `AM` or `PM`, and offset.
    init?(_ text: String) {
        var scanner = ImportTimeScanner(text)
        guard let date = scanner.date() else { return nil }
        (dayFirst, monthFirst) = date
        guard !scanner.isAtEnd else {
            (seconds, offset, hasTime) = (0, nil, false)
            return
        }
        guard scanner.skipGap(), let time = scanner.time() else { return nil }
        seconds = time
        hasTime = true
        if scanner.isAtEnd {
            offset = nil
        } else {
            guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
            self.offset = offset
        }
    }

    /// Whether it is a date in one order only.
    var onlyOrder: ImportDateOrder? { dayFirst == nil ? .monthFirst : monthFirst == nil ? .dayFirst : nil }

    /// The time on the day after, if it would come before `start` else.
    func following(_ start: ImportTime) -> ImportTime {
        guard seconds < start.seconds else { return self }
        var time = self
        time.seconds += 86_400
        return time
    }

    /// The time in a day of which only the date was given.
    func at(hour: Int32) -> ImportTime {
        var time = self
        time.seconds = hour * 3600
        return time
    }

    /// Nil for what is no date in this order, or one that can't be stored.
    func input(_ order: ImportDateOrder) -> DateTimeInput? {
        guard let days = order == .dayFirst ? dayFirst : monthFirst else { return nil }
        let wall = Int64(days) * InstantFormat.microsecondsPerDay + Int64(seconds) * 1_000_000
        guard let offset else { return .wall(wall) }
        let instant = wall - Int64(offset) * 1_000_000
        let year = CivilDate(daysSince2000: InstantFormat.split(instant).days).year
        return (1...9999).contains(year) ? .instant(instant) : nil
    }
}

/// Which of day and month stands first in dates with slashes.
enum ImportDateOrder: Sendable {
    case dayFirst, monthFirst

    /// What a file's rows say: one file has one order, that of most of the rows that can only be read in one way.
    struct Votes {
        private var lead = 0

        mutating func add(_ times: [ImportTime]) {
            let orders = times.compactMap(\.onlyOrder)
            guard let order = orders.first, orders.allSatisfy({ $0 == order }) else { return }
            lead += order == .dayFirst ? 1 : -1
        }

        var order: ImportDateOrder { lead < 0 ? .monthFirst : .dayFirst }
    }
}
