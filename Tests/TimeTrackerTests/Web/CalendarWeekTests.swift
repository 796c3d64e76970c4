import Testing

@testable import TimeTracker

/// Where entries stand in the calendar (behaviour.md §12.12).
struct CalendarWeekTests {
    private static let first: Int32 = 9558

    /// - Parameters: minutes after the week's first midnight; no end = running.
    private func row(_ id: Int64, _ from: Int64, _ to: Int64?) -> EntryRow {
        func wall(_ minutes: Int64) -> Int64 { EntryForm.wall(Self.first, minutes) }
        let entry = TimeEntry(
            id: ID(id), start: Instant(wall(from)), end: to.map { Instant(wall($0)) },
            durationSeconds: to.map { ($0 - from) * 60 })
        return EntryRow(entry: entry, start: wall(from), end: to.map(wall))
    }

    private func week(_ rows: [EntryRow], now: Int64 = 0) -> CalendarWeek {
        CalendarWeek(
            first: Self.first, today: Self.first, isCut: false, rows.sorted { $0.start < $1.start },
            now: EntryForm.wall(Self.first, now))
    }

    @Test func whatSharesTimeStandsSideBySide() {
        let week = week([row(1, 540, 660), row(2, 600, 720), row(3, 660, 690), row(4, 720, 780), row(5, 2000, 2060)])
        #expect(week.parts.map(\.lane) == [0, 1, 0, 0, 0])
        #expect(week.parts.map(\.lanes) == [2, 2, 2, 1, 1])
        #expect(week.parts.map(\.overlaps) == [true, true, true, false, false])
        #expect(week.parts.map(\.day) == [0, 0, 0, 0, 1])
        #expect(week.daySeconds == [(120 + 120 + 30 + 60) * 60, 3600, 0, 0, 0, 0, 0])
    }

    @Test func aNightIsCutAtMidnight() {
        let week = week([row(1, 1380, 1500), row(2, 7 * 1440 - 60, 7 * 1440 + 60), row(3, -60, 30)])
        #expect(
            week.parts.map { [$0.day, $0.from, $0.to] } == [
                [0, 0, 30], [0, 1380, 1440], [1, 0, 60], [6, 1380, 1440],
            ])
        // Hours belong to the day on which an entry starts.
        #expect(week.daySeconds == [7200, 0, 0, 0, 0, 0, 7200])
    }

    @Test func aRunningTimerReachesToNow() {
        let week = week([row(1, 540, nil)], now: 600)
        #expect(week.parts.map { [$0.from, $0.to] } == [[540, 600]])
        #expect(week.seconds == 0)
    }
}
