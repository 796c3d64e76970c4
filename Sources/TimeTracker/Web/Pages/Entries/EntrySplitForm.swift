import HTTPTypes

/// The form that cuts an entry in two.
enum EntrySplitForm {
    struct Refusal: Error {
        let message: String
    }

    private static let at = InputField<DateTimeInput>.instant("at", required: "at is required")
    static let body = BodySchema("TimeEntrySplit", [at])

    /// The operation.
    @Sendable static func split(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let time = input.get(at).value
        try input.finish()
        guard let time else { throw APIError.internalError }
        return try await call.change { tx in
            let parts = try await EntrySplit.split(call.id(), at: time, call.context, in: tx)
            return .saved(.ok, message: "Time entry split", key: "time_entry", parts.second)
        }
    }

    /// The wall time that was typed: the first such time behind the start.
    static func time(_ form: FormBody, _ row: EntryRow) -> Result<JSONValue, Refusal> {
        if form.isChecked("midnight") { return .success(EntryForm.text(EntryForm.wall(row.day + 1, 0))) }
        guard let minutes = ClockText.parse(form.trimmed("at")) else {
            return .failure(Refusal(message: ClockText.message))
        }
        let today = EntryForm.wall(row.day, minutes)
        return .success(EntryForm.text(today > row.start ? today : EntryForm.wall(row.day + 1, minutes)))
    }

    /// What the page asks for besides the entry's form.
    static func values(
        _ row: EntryRow, _ format: PersonFormat, _ refused: (at: String, problem: String)?
    ) -> [String: Any] {
        guard let end = row.end else { return [:] }
        // A minute in the middle, rounded to five.
        let middle = row.start + (end - row.start) / 2
        let shown = middle - middle % 300_000_000
        var values: [String: Any] = [
            "split_at": refused?.at ?? EntryForm.clock(max(shown, row.start)),
            "start_clock": format.time(row.start), "end_clock": format.time(end),
            "crosses_midnight": InstantFormat.split(end - 1).days > row.day,
        ]
        if let refused { values["split_problem"] = refused.problem }
        return values
    }
}
