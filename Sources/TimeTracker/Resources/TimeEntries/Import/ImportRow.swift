/// A row of an import file whose fields could be read; names and zones are not looked up yet.
struct ImportRow: Sendable {
    /// Why a row can't be imported, in the words of the report.
    struct Problem: Error, ExpressibleByStringInterpolation {
        let text: String

        init(stringLiteral text: String) {
            self.text = text
        }
    }

    /// Counts the header as row 1.
    let number: Int
    let projectID: Int64?
    let projectName: String?
    let clientName: String?
    let taskID: Int64?
    let taskName: String?
    let span: ImportSpan
    let notes: String?
    let tags: String?
    let isBillable: Bool
    /// Whose time it is; nil = the importer's.
    let email: String?
    let username: String?

    /// - Parameter votes: is told what the row's dates say about their order, also when the row can't be read otherwise.
    init(
        _ row: [String], _ columns: ImportColumns, number: Int, votes: inout ImportDateOrder.Votes
    ) throws(Problem) {
        self.number = number
        let span = ImportSpan.read(row, columns)
        if case .success(let span) = span { votes.add([span.start] + (span.end.map { [$0] } ?? [])) }
        guard row.allSatisfy({ RawText($0).isStreamSafe }) else {
            throw "a field has too many combining marks in a row"
        }
        projectID = try Self.id("project_id", columns.value(.projectID, in: row))
        projectName = try Self.text("project_name", columns.value(.projectName, in: row), max: 200)
        guard projectID != nil || projectName != nil else { throw "project_id is required" }
        clientName = try Self.text("client_name", columns.value(.clientName, in: row), max: 200)
        taskID = try Self.id("task_id", columns.value(.taskID, in: row))
        taskName = try Self.text("task_name", columns.value(.taskName, in: row), max: 200)
        self.span = try span.get()
        notes = try Self.text("notes", columns.value(.notes, in: row), max: 5000)
        let tags = columns.value(.tags, in: row).map { Tags.split(Self.commas($0)) } ?? []
        self.tags = try Self.text("tags", tags.isEmpty ? nil : tags.joined(separator: ", "), max: 500)
        isBillable = columns.value(.billable, in: row).map { Self.yes.contains(RawText($0).asciiLowercased) } ?? true
        email = try Self.text("email", columns.value(.email, in: row), max: 200)
        username = try Self.text("user", columns.value(.user, in: row), max: 200)
    }

    private static let yes: Set<RawText> = ["1", "true", "yes", "y"]

    /// Tags may stand between semicolons.
    private static func commas(_ tags: String) -> String {
        String(decoding: tags.utf8.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ",") : $0 }, as: UTF8.self)
    }

    private static func id(_ name: String, _ text: String?) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text), id > 0 else {
            throw "\(name) is not a valid id"
        }
        return id
    }

    private static func text(_ name: String, _ text: String?, max: Int) throws(Problem) -> String? {
        guard let text else { return nil }
        guard text.unicodeScalars.count <= max else { throw "\(name) is longer than \(max) characters" }
        return text
    }
}

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
