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
