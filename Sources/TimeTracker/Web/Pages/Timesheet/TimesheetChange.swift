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

    static func name(_ place: Place, day: Int) -> String { "c \(place.text) \(day)" }

    /// The cells of a form whose text differs from what the grid had shown, and those that are no durations.
    static func read(_ form: FormBody, _ week: TimesheetWeek) -> (
        changes: [TimesheetChange], problems: [String: String]
    ) {
        var changes: [TimesheetChange] = []
        var problems: [String: String] = [:]
        for (name, value) in form.pairs where name.utf8.first == UInt8(ascii: "c") {
            let parts = name.utf8.split(separator: 0x20).map { String(Substring($0)) }
            guard parts.count == 3, parts[0] == "c", let place = Place(parts[1]), let day = Int(parts[2]),
                (0..<7).contains(day)
            else { continue }
            let text = Tags.trim(value)
            let known = week.lines.first { $0.place.text == place.text }?.cells[day] ?? TimesheetWeek.Cell()
            do throws(DurationText.Problem) {
                let seconds = try DurationText.parse(text)
                // What is shown is rounded to minutes; who leaves it as it is doesn't mean to change it.
                guard seconds != (known.seconds + 30) / 60 * 60 else { continue }
                if seconds > 24 * 3600 { throw .tooManyHours(Int(seconds / 3600)) }
                changes.append(TimesheetChange(name: name, place: place, day: day, text: text, seconds: seconds))
            } catch {
                problems[name] = error.message
            }
        }
        return (changes, problems)
    }

    /// Carries it out by the operations that everybody uses: an entry is made, or the only one is made longer or shorter, or
    /// all of the day are deleted.
    ///
    /// - Returns: what was wrong with it.
    func carryOut(_ week: TimesheetWeek, _ form: FormBody, _ call: Call) async throws -> FormProblems? {
        let cell = week.lines.first { $0.place.text == place.text }?.cells[day] ?? TimesheetWeek.Cell()
        switch (cell.entries.count, seconds) {
        case (0, _): return try await create(week, form, call)
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
    private func create(_ week: TimesheetWeek, _ form: FormBody, _ call: Call) async throws -> FormProblems? {
        let nine = EntryForm.wall(week.first + Int32(day), 9 * 60)
        let start = max(nine, week.ends[day] ?? nine)
        let members =
            place.members + [
                ("start_time", EntryForm.text(start)), ("end_time", EntryForm.text(start + seconds * 1_000_000)),
            ]
        let result = try await call.carryOut(
            TimeEntryInput.create, members, form: form, part: ":\(name)", TimeEntryCreation.create)
        if case .refused(let problems) = result { return problems }
        return nil
    }

    /// Start and break stay.
    private func resize(_ id: Int64, _ form: FormBody, _ call: Call) async throws -> FormProblems? {
        let entry = try await TimeEntryStore.find(id, call.context)
        let end = entry.start + (entry.breakSeconds + seconds) * 1_000_000
        let members = [("end_time", JSONValue.string(RawText(InstantFormat.text(end))))]
        let result = try await call.carryOut(
            TimeEntryInput.update, members, form: form, part: ":resize", ids: [id], TimeEntryResource.update)
        if case .refused(let problems) = result { return problems }
        return nil
    }
}
