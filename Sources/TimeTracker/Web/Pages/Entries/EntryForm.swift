/// The form of a time entry: what is typed, and the members of the operation's body that follow from it.
struct EntryForm {
    static let place = FormField(name: "place", label: "Project or task", control: .place, isRequired: true)
    static let date = FormField(
        name: "date", label: "Date", control: .input("date"), isRequired: true, isShort: true, member: "start_time")
    static let start = FormField(
        name: "start", label: "Start", hint: "9, 930, 9:30 or 9:30pm.", isRequired: true, maxLength: 20, isShort: true)
    static let end = FormField(
        name: "end", label: "End", hint: "An end before the start is on the next day.", maxLength: 20,
        isShort: true, member: "end_time")
    static let duration = FormField(
        name: "duration", label: "or duration", hint: "1:30, 1.5 or 90m.", maxLength: 40, isShort: true)
    static let pause = FormField(
        name: "break", label: "Break", hint: "1:30, 1.5 or 90m.", maxLength: 40, isShort: true, member: "break_seconds")
    static let rest = [
        FormField(name: "notes", label: "Notes", control: .area(rows: 3), maxLength: 5000),
        FormField(name: "tags", label: "Tags", hint: "Separated by commas.", maxLength: 500),
        FormField(name: "billable", label: "Billable", control: .check),
        FormField(name: "paid", label: "Paid", control: .check),
        FormField(name: "invoice_number", label: "Invoice number", maxLength: 100),
    ]

    static let creation = [place, date, start, end, duration, pause] + rest
    static let change = [place, date, start, end, pause] + rest
    /// In a row of a list: without what is changed seldom.
    static let row = [place, date, start, end, pause] + rest.filter { !["paid", "invoice_number"].contains($0.name) }
    /// Of a running timer.
    static let running = [place, date, start, pause] + rest.filter { !["paid", "invoice_number"].contains($0.name) }

    let fields: [FormField]
    let form: FormBody
    /// What is stored, when it is to be changed.
    var old: EntryRow?

    /// The members that are sent on: of a change only what differs from what the form had shown, so that a time that nobody
    /// touched keeps its seconds.
    func members() -> Result<[(String, JSONValue)], FormProblems> {
        var members: [(String, JSONValue)] = []
        guard let place = form.text("place").flatMap({ Place($0) }) else {
            return .failure(FormProblems("place", "Choose what the time is for."))
        }
        if old.map({ Place($0.entry).text != place.text }) ?? true { members += place.members }
        switch times() {
        case .success(let times): members += times
        case .failure(let problems): return .failure(problems)
        }
        for field in fields where Self.rest.contains(where: { $0.name == field.name }) {
            guard let value = field.value(in: form), !isUnchanged(field.name, value) else { continue }
            members.append((field.name, value))
        }
        return .success(members)
    }

    /// What is not paid any more leaves its invoice; so neither is sent when nobody has touched it.
    private func isUnchanged(_ name: String, _ value: JSONValue) -> Bool {
        guard let entry = old?.entry else { return false }
        switch name {
        case "paid": return value == .bool(entry.isPaid)
        case "invoice_number": return value == (entry.invoiceNumber.map { .string(RawText($0)) } ?? .null)
        default: return false
        }
    }

    private func times() -> Result<[(String, JSONValue)], FormProblems> {
        guard let day = Self.day(form.trimmed("date")) else {
            return .failure(FormProblems("start_time", "Choose a date."))
        }
        guard let startMinutes = ClockText.parse(form.trimmed("start")) else {
            return .failure(FormProblems("start", ClockText.message))
        }
        let pause: Int64
        do throws(DurationText.Problem) {
            pause = try DurationText.parse(form.trimmed("break"))
        } catch {
            return .failure(FormProblems("break_seconds", error.message))
        }
        let start = Self.wall(day, startMinutes)
        var members: [(String, JSONValue)] = []
        let isStartNew = old.map { Self.minute($0.start) != start } ?? true
        if isStartNew { members.append(("start_time", Self.text(start))) }
        if fields.contains(where: { $0.name == "end" }) {
            switch end(day, startMinutes, pause) {
            case .success(let end):
                if isStartNew || old?.end.map({ Self.minute($0) != end }) ?? true {
                    members.append(("end_time", Self.text(end)))
                }
            case .failure(let problems): return .failure(problems)
            }
        }
        if old.map({ Self.shown($0.entry.breakSeconds) != pause }) ?? (pause > 0) {
            members.append(("break_seconds", .number("\(pause)")))
        }
        return .success(members)
    }

    private func end(_ day: Int32, _ start: Int64, _ pause: Int64) -> Result<Int64, FormProblems> {
        let text = form.trimmed("end")
        let length = form.trimmed("duration")
        if text.isEmpty, !length.isEmpty {
            do throws(DurationText.Problem) {
                let seconds = try DurationText.parse(length)
                guard seconds > 0 else { return .failure(FormProblems("duration", "Write how long it took.")) }
                return .success(Self.wall(day, start) + (seconds + pause) * 1_000_000)
            } catch {
                return .failure(FormProblems("duration", error.message))
            }
        }
        guard let minutes = ClockText.parse(text, isEnd: true) else {
            return .failure(FormProblems("end_time", ClockText.message))
        }
        // Clock times that nobody has touched mean what they meant, be it less than a minute or more than a day.
        if let old, let oldEnd = old.end, Self.clock(oldEnd) == Self.clock(Self.wall(day, minutes)),
            Self.clock(old.start) == Self.clock(Self.wall(day, start))
        {
            return .success(Self.wall(day, start) + Self.minute(oldEnd) - Self.minute(old.start))
        }
        guard minutes != start else { return .failure(FormProblems("end_time", "The end is the start.")) }
        let next = minutes < start ? InstantFormat.microsecondsPerDay : 0
        return .success(Self.wall(day, minutes) + next)
    }

    // MARK: Values

    /// What the fields show of an entry.
    static func values(_ row: EntryRow) -> [String: String] {
        let entry = row.entry
        let day = InstantFormat.split(row.start).days
        return [
            "place": Place(entry).text, "date": InstantFormat.dateText(day), "start": clock(row.start),
            "end": row.end.map(clock) ?? "",
            "break": entry.breakSeconds > 0 ? PersonFormat.duration(entry.breakSeconds) : "",
            "notes": entry.notes ?? "", "tags": entry.tags ?? "", "billable": entry.isBillable ? "on" : "",
            "paid": entry.isPaid ? "on" : "", "invoice_number": entry.invoiceNumber ?? "",
        ]
    }

    /// Days since 2000-01-01 of a date input's text.
    static func day(_ text: String) -> Int32? {
        guard text.utf8.count <= 10, case .date(let day)? = DateTimeParser.parse(text) else { return nil }
        return day
    }

    /// `09:30`.
    static func clock(_ wall: Int64) -> String {
        let minutes = InstantFormat.split(wall).microseconds / 60_000_000
        return "\(minutes < 600 ? "0" : "")\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
    }

    static func wall(_ day: Int32, _ minutes: Int64) -> Int64 {
        Int64(day) * InstantFormat.microsecondsPerDay + minutes * 60_000_000
    }

    /// A wall time as a body has it, without a zone.
    static func text(_ wall: Int64) -> JSONValue { .string(RawText(String(InstantFormat.text(wall).dropLast()))) }

    private static func minute(_ wall: Int64) -> Int64 { wall - wall % 60_000_000 }

    /// Seconds that the break's field stands for.
    private static func shown(_ seconds: Int64) -> Int64 { (seconds + 30) / 60 * 60 }
}

extension FormProblems: Error {}
