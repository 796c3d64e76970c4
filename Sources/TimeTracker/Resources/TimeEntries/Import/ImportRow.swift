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
    let start: DateTimeInput
    let end: DateTimeInput?
    /// Given instead of an end.
    let durationSeconds: Int64?
    let notes: String?
    let tags: String?
    let isBillable: Bool

    init(_ row: [String], _ columns: ImportColumns, number: Int) throws(Problem) {
        self.number = number
        guard row.allSatisfy({ RawText($0).isStreamSafe }) else {
            throw "a field has too many combining marks in a row"
        }
        projectID = try Self.id("project_id", columns.value(.projectID, in: row))
        projectName = try Self.text("project_name", columns.value(.projectName, in: row), max: 200)
        guard projectID != nil || projectName != nil else { throw "project_id is required" }
        clientName = try Self.text("client_name", columns.value(.clientName, in: row), max: 200)
        taskID = try Self.id("task_id", columns.value(.taskID, in: row))
        taskName = try Self.text("task_name", columns.value(.taskName, in: row), max: 200)
        guard let startText = columns.value(.start, in: row) else { throw "start_time is required" }
        start = try Self.time("start_time", startText)
        if let endText = columns.value(.end, in: row) {
            end = try Self.time("end_time", endText)
            durationSeconds = nil
        } else {
            guard let hours = columns.value(.durationHours, in: row) else {
                throw "end_time or duration_hours is required"
            }
            end = nil
            durationSeconds = try Self.seconds(hours: hours)
        }
        notes = try Self.text("notes", columns.value(.notes, in: row), max: 5000)
        let tags = columns.value(.tags, in: row).map { Tags.split($0.replacing(";", with: ",")) } ?? []
        self.tags = try Self.text("tags", tags.isEmpty ? nil : tags.joined(separator: ", "), max: 500)
        isBillable = columns.value(.billable, in: row).map { Self.yes.contains($0.lowercased()) } ?? true
    }

    private static let yes: Set<String> = ["1", "true", "yes", "y"]

    private static func id(_ name: String, _ text: String?) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard let id = Int64(text), id > 0 else { throw "\(name) is not a valid id" }
        return id
    }

    private static func text(_ name: String, _ text: String?, max: Int) throws(Problem) -> String? {
        guard let text else { return nil }
        guard text.unicodeScalars.count <= max else { throw "\(name) is longer than \(max) characters" }
        return text
    }

    private static func time(_ name: String, _ text: String) throws(Problem) -> DateTimeInput {
        guard let time = ImportTime.parse(text) else { throw "\(name) is not a valid date and time" }
        return time
    }

    /// Hours in decimals as whole seconds; no rounding to steps.
    private static func seconds(hours text: String) throws(Problem) -> Int64 {
        guard let hours = Double(text.replacing(",", with: ".")), hours.isFinite, hours > 0 else {
            throw "duration_hours must be a number greater than 0"
        }
        let seconds = (hours * 3600).rounded(.toNearestOrAwayFromZero)
        guard seconds >= 1, seconds <= Double(EntryDuration.maxSeconds) else { throw "duration_hours is out of range" }
        return Int64(seconds)
    }
}

/// The date formats of import files, tried in the order of contract 02 §4.9.
enum ImportTime {
    static func parse(_ text: String) -> DateTimeInput? {
        switch DateTimeParser.parse(text) {
        case .dateTime(let time): time
        case .date(let days): .wall(Int64(days) * InstantFormat.microsecondsPerDay)
        case nil: slashed(text)
        }
    }

    /// `DD/MM/YYYY[ HH:MM[:SS]]`, and `MM/DD/YYYY…` where the first reading is impossible.
    private static func slashed(_ text: String) -> DateTimeInput? {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let day = parts.first else { return nil }
        let numbers = day.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers[2].utf8.count == 4,
            numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            let first = Int(numbers[0]), let second = Int(numbers[1]), let year = Int(numbers[2]),
            let date = CivilDate(validating: year, second, first) ?? CivilDate(validating: year, first, second)
        else { return nil }
        let dateText = InstantFormat.dateText(date.daysSince2000)
        let time = parts.count > 1 ? Tags.trim(String(parts[1])) : "00:00"
        guard case .dateTime(let time)? = DateTimeParser.parse("\(dateText)T\(time)") else { return nil }
        return time
    }
}
