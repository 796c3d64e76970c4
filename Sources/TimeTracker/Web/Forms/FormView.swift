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
