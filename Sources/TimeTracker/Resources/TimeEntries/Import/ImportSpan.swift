/// When the work of a row was done.
struct ImportSpan: Sendable {
    var start: ImportTime
    var end: ImportTime?
    /// Given instead of an end.
    var durationSeconds: Int64?
    /// Only the day is known: the entry begins where the user's last one of that day ends, the first one at 09:00.
    var isWithinDay = false

    private static let firstHour: Int32 = 9

    static func read(_ row: [String], _ columns: ImportColumns) -> Result<ImportSpan, ImportRow.Problem> {
        do throws(ImportRow.Problem) {
            return .success(try span(row, columns))
        } catch {
            return .failure(error)
        }
    }

    private static func span(_ row: [String], _ columns: ImportColumns) throws(ImportRow.Problem) -> ImportSpan {
        let day = columns.value(.startDate, in: row)
        let startText = columns.value(.start, in: row)
        guard let text = startText ?? day else { throw "start_time is required" }
        guard let start = ImportTime(text) ?? day.flatMap({ ImportTime("\($0) \(text)") }) else {
            throw "start_time is not a valid date and time"
        }
        if let end = try end(after: start, day, row, columns) {
            guard startText != nil || start.hasTime else { throw "start_time is required" }
            return ImportSpan(start: start, end: end)
        }
        guard let duration = columns.value(.duration, in: row) else { throw "end_time or duration_hours is required" }
        let seconds = try Self.seconds(duration)
        guard startText == nil, !start.hasTime else { return ImportSpan(start: start, durationSeconds: seconds) }
        return ImportSpan(start: start.at(hour: firstHour), durationSeconds: seconds, isWithinDay: true)
    }

    /// A time of day without a date of its own is on the day of the start, or on the day after that.
    private static func end(after start: ImportTime, _ day: String?, _ row: [String], _ columns: ImportColumns)
        throws(ImportRow.Problem) -> ImportTime?
    {
        guard let text = columns.value(.end, in: row) else { return nil }
        if let time = ImportTime(text) { return time }
        if let endDay = columns.value(.endDate, in: row), let time = ImportTime("\(endDay) \(text)") { return time }
        guard columns.value(.endDate, in: row) == nil, let day, let time = ImportTime("\(day) \(text)") else {
            throw "end_time is not a valid date and time"
        }
        return time.following(start)
    }

    /// `HH:MM:SS`, `HH:MM`, or hours in decimals, as whole seconds; no rounding to steps.
    private static func seconds(_ text: String) throws(ImportRow.Problem) -> Int64 {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        let hours: Double
        if parts.count == 1 {
            guard let value = decimal(text) else { throw "duration_hours must be a number greater than 0" }
            hours = value
        } else {
            let numbers = parts.compactMap { $0.utf8.count <= 9 && isDigits($0) ? Int($0) : nil }
            guard parts.count <= 3, numbers.count == parts.count,
                zip(parts, numbers).dropFirst().allSatisfy({ $0.utf8.count == 2 && $1 < 60 })
            else { throw "duration_hours is not a valid duration" }
            hours = zip(numbers, [1.0, 60, 3600]).reduce(0) { $0 + Double($1.0) / $1.1 }
        }
        guard hours > 0 else { throw "duration_hours must be a number greater than 0" }
        let seconds = (hours * 3600).rounded(.toNearestOrAwayFromZero)
        guard seconds >= 1, seconds <= Double(EntryDuration.maxSeconds) else { throw "duration_hours is out of range" }
        return Int64(seconds)
    }

    /// Decimal digits with a point or a comma among them.
    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.count <= 64 else { return nil }
        let text = String(decoding: text.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        return Double(text)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
