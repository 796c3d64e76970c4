/// One field of a form: its control, and how what was typed becomes a member of an operation's body.
struct FormField: Sendable {
    struct Option: Sendable {
        let value: String
        let name: String
    }

    enum Control: Sendable {
        /// The HTML input's type.
        case input(String)
        case area(rows: Int)
        case select([Option])
        case check
        /// Any number of them. Values hold no commas: a form's value has one between two.
        case checks([Option])
        /// A place to book time on (``Place``).
        case place
    }

    /// How an empty text is sent on.
    enum Emptiness: Sendable {
        /// As null, which clears what is stored.
        case null
        /// As it is, so that the operation can ask for it.
        case text
        /// Not at all.
        case absent
    }

    let name: String
    let label: String
    var control = Control.input("text")
    var hint = ""
    var isRequired = false
    /// Code points; the operation has the last word.
    var maxLength: Int?
    var placeholder = ""
    var emptiness = Emptiness.null
    /// `decimal`, `numeric`, …: what a phone's keyboard shows.
    var inputMode = ""
    /// Whether it stands beside its neighbours where there is room.
    var isShort = false
    /// Name of the member in the operation's body; nil = the field's.
    var member: String?

    /// With what the field of the operation's body says of itself: whether it is needed, how long it may be, what it holds.
    func completed(by body: BodySchema) -> FormField {
        guard let field = body.fields.first(where: { $0.key == member ?? name }) else { return self }
        var completed = self
        completed.isRequired = isRequired || field.required != nil
        // What can't be cleared isn't sent when it is empty.
        if field.required == nil, !field.isNullable { completed.emptiness = .absent }
        switch (field.schema, control) {
        case (.string(_, let format, _, let length, _), _):
            completed.maxLength = maxLength ?? length
            if let format, ["date", "email"].contains(format) { completed.control = .input(format) }
        case (.number, .input):
            completed.maxLength = maxLength ?? 20
            completed.inputMode = "decimal"
        case (.integer(_, _, let range), .input):
            completed.maxLength = maxLength ?? range.map { "\($0.upperBound)".utf8.count }
            completed.inputMode = "numeric"
        case (.boolean, .input): completed.control = .check
        default: break
        }
        return completed
    }

    var isPlace: Bool { if case .place = control { true } else { false } }

    /// The member as the operation takes it; nil when it isn't sent.
    func value(in form: FormBody) -> JSONValue? {
        if case .check = control { return .bool(form.isChecked(name)) }
        if case .checks = control { return .array(form.all(name).map { .string(RawText($0)) }) }
        let text = form.trimmed(name)
        guard text.isEmpty else { return .string(RawText(text)) }
        return switch emptiness {
        case .null: .null
        case .text: .string("")
        case .absent: nil
        }
    }
}

/// A form as its template sees it: fields with values and with what is wrong with them.
struct FormView {
    let fields: [FormField]
    var values: [String: String]
    var problems: FormProblems?
    /// Of a field that is a place: what can be chosen.
    var places = HTML()

    /// With what was typed.
    init(_ fields: [FormField], typed form: FormBody, _ problems: FormProblems? = nil) {
        self.fields = fields
        self.problems = problems
        values = [:]
        for field in fields {
            switch field.control {
            case .check: values[field.name] = form.isChecked(field.name) ? "on" : ""
            case .checks: values[field.name] = form.all(field.name).joined(separator: ",")
            // Never sent back.
            case .input("password"): values[field.name] = ""
            default: values[field.name] = form.text(field.name) ?? ""
            }
        }
    }

    init(_ fields: [FormField], values: [String: String]) {
        self.fields = fields
        self.values = values
    }

    /// What the partial `form` asks for.
    var context: [String: Any] {
        var context: [String: Any] = ["fields": fields.map(describe), "has_problems": problems != nil]
        if let problems {
            context["problems"] = problems.listed(fields)
            context["has_errors"] = true
        }
        return context
    }

    private func describe(_ field: FormField) -> [String: Any] {
        let value = values[field.name] ?? ""
        let error = problems?.text(for: field)
        var described: [String: Any] = [
            "name": field.name, "label": field.label, "hint": field.hint, "has_hint": !field.hint.isEmpty,
            "is_required": field.isRequired, "value": value, "max": field.maxLength.map { "\($0)" } ?? "",
            "has_max": field.maxLength != nil, "placeholder": field.placeholder,
            "has_placeholder": !field.placeholder.isEmpty, "mode": field.inputMode,
            "has_mode": !field.inputMode.isEmpty, "error": error ?? "", "has_error": error != nil,
            "is_short": field.isShort, "is_described": error != nil || !field.hint.isEmpty,
        ]
        switch field.control {
        case .input(let type):
            described["control"] = "field_input"
            described["type"] = type
            // What a browser remembers is the reader's own.
            described["autocomplete"] = type == "password" ? "new-password" : "off"
        case .area(let rows):
            described["control"] = "field_area"
            described["rows"] = "\(rows)"
        case .select(let options):
            described["control"] = "field_select"
            described["options_html"] = FormOptions.html(options, chosen: value)
        case .check:
            described["control"] = "field_check"
            described["is_checked"] = value == "on"
        case .checks(let options):
            let chosen = Set(RawText(value).split(UInt8(ascii: ",")))
            described["control"] = "field_checks"
            described["options"] = options.map {
                ["option": $0.value, "text": $0.name, "is_chosen": chosen.contains(RawText($0.value))] as [String: Any]
            }
        case .place:
            described["control"] = "field_place"
            described["places_html"] = places
        }
        return described
    }
}
