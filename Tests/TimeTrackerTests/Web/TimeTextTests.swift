import Foundation
import Testing

@testable import TimeTracker

/// Durations, times of day, places and files as people type or take them.
struct TimeTextTests {
    @Test(
        arguments: [
            ("1:30", 5400), ("1h30", 5400), ("1h 30m", 5400), ("1.5", 5400), ("1,5", 5400), ("90m", 5400),
            ("90 min", nil),
            ("2", 7200), (":30", 1800), ("8.2", 29520), ("0", 0), ("", 0), ("  ", 0), ("24", 86400), ("1H30M", 5400),
            (".25", 900), ("1.", 3600), ("0:07", 420), ("8.333", 30000), ("1:60", nil), ("1:3:0", nil), ("x", nil),
            ("-1", nil), ("1:-3", nil), (".", nil), ("1h90", nil), ("١", nil), ("1e3", nil), ("45", nil),
            ("99999999", nil),
        ] as [(String, Int64?)])
    func durations(text: String, seconds: Int64?) {
        #expect((try? DurationText.parse(text)) == seconds)
    }

    @Test func manyHoursAreAskedAbout() {
        #expect(throws: DurationText.Problem.tooManyHours(45)) { try DurationText.parse("45") }
        #expect(DurationText.Problem.tooManyHours(45).message.contains("45m"))
    }

    @Test(
        arguments: [
            ("9", 540), ("930", 570), ("0930", 570), ("9:30", 570), ("9.30", 570), ("9:30pm", 1290), ("9 am", 540),
            ("12am", 0), ("12pm", 720), ("23:59", 1439), ("00:00", 0), ("09:30:00", 570), ("1630", 990), ("35", nil),
            ("9:75", nil), ("24:00", nil), ("", nil), ("x", nil), ("13pm", nil), ("9:5", nil), ("-1", nil), ("am", nil),
        ] as [(String, Int64?)])
    func timesOfDay(text: String, minutes: Int64?) {
        #expect(ClockText.parse(text) == minutes)
    }

    @Test func midnightIsAnEnd() {
        #expect(ClockText.parse("24:00", isEnd: true) == 1440)
        #expect(ClockText.parse("24:01", isEnd: true) == nil)
    }

    @Test(arguments: ["12", "12:34", "c7"])
    func placesComeBack(text: String) {
        #expect(Place(text)?.text == text)
    }

    @Test(arguments: ["", "0", "-1", "1:", ":2", "1:2:3", "c", "c0", "cx", "1 2", "x", "1:x"])
    func whatIsNoPlace(text: String) {
        #expect(Place(text) == nil)
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=\u{0301}x"])
    func formulasAreText(text: String) {
        #expect(CSVText.harmless(text) == "'" + text)
        #expect(CSVText.harmless("a" + text) == "a" + text)
    }

    @Test func weeksAndDates() {
        // 2026-11-28 was a Saturday.
        let day = CivilDate(year: 2026, month: 11, day: 28).daysSince2000
        var settings = Settings()
        settings.dateFormat = "DD.MM.YYYY"
        settings.timeFormat = "12h"
        let format = PersonFormat(settings, nil)
        #expect(PersonFormat.weekday(day) == "Saturday")
        #expect(format.longDate(day) == "Saturday, 28.11.2026")
        #expect(format.startOfWeek(day) == day - 5)
        #expect(format.startOfWeek(day - 5) == day - 5)
        #expect(format.startOfWeek(day + 1) == day - 5)
        #expect(format.time(EntryForm.wall(day, 0)) == "12:00 am")
        #expect(format.time(EntryForm.wall(day, 13 * 60 + 5)) == "1:05 pm")
        #expect(PersonFormat.duration(3599) == "1:00" && PersonFormat.duration(3569) == "0:59")
        #expect(PersonFormat.clock(3723) == "1:02:03")
    }

    @Test func everyTemplateIsATemplate() throws {
        let folder = #filePath.replacing(/Tests\/TimeTrackerTests\/.*/) { _ in "Sources/TimeTracker/Web/Templates" }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let listed = PageTemplates.sources.map { "\($0.name).mustache" }.sorted()
        #expect(files == listed, "each file needs its entry in PageTemplates")
        for (name, bytes) in PageTemplates.sources {
            // Markup that is complete has a name that says so, and a type of its own.
            let text = String(decoding: bytes, as: UTF8.self).replacing(/\{\{\{[a-z_]+_html\}\}\}/, with: "")
            #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name) shows something unescaped")
            #expect(!text.contains("style=\"") && !text.contains("onclick") && !text.contains("<script>"), "\(name)")
        }
    }
}
