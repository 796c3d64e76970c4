import Postgres

/// A cell of the week grid that was typed into.
struct TimesheetChange: Sendable {
    /// Name of its field: the place and the number of the day.
    let name: String
    let place: Place
    /// 0 to 6.
    let day: Int
    let text: String
    /// What the text says, in seconds.
    let seconds: Int64

    /// Cells that one form may change.
    private static let most = 200

    static func name(_ place: Place, day: Int) -> String { "c \(place.text) \(day)" }

    /// Place and day of a field's name, if it is just what ``name(_:day:)`` makes.
    static func cell(_ name: String) -> (place: Place, day: Int)? {
        guard name.utf8.count <= 80 else { return nil }
        let parts = name.utf8.split(separator: 0x20).map { String(Substring($0)) }
        guard parts.count == 3, parts[0] == "c", let place = Place(parts[1]), let day = Int(parts[2]),
            (0..<7).contains(day), Self.name(place, day: day).utf8.elementsEqual(name.utf8)
        else { return nil }
        return (place, day)
    }

    /// The cells of a form whose text differs from what the grid had shown, and those that are no durations.
    static func read(_ form: FormBody, _ week: TimesheetWeek) -> (
        changes: [TimesheetChange], problems: [String: String]
    ) {
        var changes: [TimesheetChange] = []
        var problems: [String: String] = [:]
        var seen: Set<String> = []
        for (name, value) in form.pairs where name.utf8.first == UInt8(ascii: "c") {
            guard let (place, day) = cell(name), seen.insert(name).inserted else { continue }
            let text = Tags.trim(value)
            let known = week.cell(place, day: day)
            do throws(DurationText.Problem) {
                let seconds = try DurationText.parse(text)
                // What is shown is rounded to minutes; who leaves it as it is doesn't mean to change it.
                guard seconds != (known.seconds + 30) / 60 * 60 else { continue }
                guard changes.count < most else {
                    problems[name] = "More than \(most) changes at once: save some of them first."
                    break
                }
                if seconds > 24 * 3600 { throw .tooManyHours(Int(seconds / 3600)) }
                changes.append(TimesheetChange(name: name, place: place, day: day, text: text, seconds: seconds))
            } catch {
                problems[name] = error.message
                if problems.count >= most { break }
            }
        }
        return (changes, problems)
    }

    /// Carries it out by the operations that everybody uses: an entry is made, or the only one is made longer or shorter, or
    /// all of the day are deleted.
    ///
    /// - Parameter made: is given the entry that was made.
    /// - Returns: what was wrong with it.
    func carryOut(
        _ week: TimesheetWeek, _ form: FormBody, _ call: Call, made: inout [Int64]
    ) async throws -> FormProblems? {
        let cell = week.cell(place, day: day)
        switch (cell.entries.count, seconds) {
        case (0, _):
            switch try await create(week, form, call) {
            case .done(let answer):
                if let id = answer.id(of: "time_entry") { made.append(id) }
                return nil
            case .refused(let problems): return problems
            }
        case (_, 0):
            for id in cell.entries {
                let result = try await call.carryOut(
                    TimeEntryInput.update, [], form: form, part: ":delete", ids: [id], TimeEntryResource.delete)
                if case .refused(let problems) = result { return problems }
            }
            return nil
        case (1, _): return try await resize(cell.entries[0], form, call)
        default: return FormProblems(general: "Several entries: change them in the day view.")
        }
    }

    /// From nine o'clock, or from where the day's last entry ends.
    private func create(_ week: TimesheetWeek, _ form: FormBody, _ call: Call) async throws -> Submission {
        let nine = EntryForm.wall(week.first + Int32(day), 9 * 60)
        let start = max(nine, week.ends[day] ?? nine)
        let members =
            place.members + [
                ("start_time", EntryForm.text(start)), ("end_time", EntryForm.text(start + seconds * 1_000_000)),
            ]
        return try await call.carryOut(
            TimeEntryInput.create, members, form: form, part: ":\(name)", TimeEntryCreation.create)
    }

    /// Start and break stay.
    private func resize(_ id: Int64, _ form: FormBody, _ call: Call) async throws -> FormProblems? {
        let entry = try await TimeEntryStore.find(ID(id), call.context)
        let end = entry.start + (entry.breakSeconds + seconds)
        let members = [("end_time", JSONValue.string(RawText(end.text)))]
        let result = try await call.carryOut(
            TimeEntryInput.update, members, form: form, part: ":resize", ids: [id], TimeEntryResource.update)
        if case .refused(let problems) = result { return problems }
        return nil
    }
}
