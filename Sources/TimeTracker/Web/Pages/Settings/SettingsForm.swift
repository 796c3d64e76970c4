/// The form of the installation's settings, in groups.
enum SettingsForm {
    struct Group: Sendable {
        let title: String
        let fields: [FormField]
    }

    static let groups = [
        Group(
            title: "Region",
            fields: [
                text(
                    "timezone", "Time zone",
                    "IANA name, such as Europe/Berlin. Days, weeks and months are counted in it.",
                    max: 50),
                choice("date_format", "Dates"), choice("time_format", "Times of day"),
                text("currency", "Currency", "Three letters, such as EUR.", max: 3),
            ]),
        Group(
            title: "Time tracking",
            fields: [
                number("rounding_minutes", "Rounding, in minutes", "1 to 60. 1 rounds nothing."),
                number("idle_timeout_minutes", "Idle after, in minutes", "1 to 480."),
                FormField(
                    name: "default_daily_working_hours", label: "Working hours of a day", hint: "0.5 to 24.",
                    isRequired: true, maxLength: 6, emptiness: .text, inputMode: "decimal", isShort: true),
                number(
                    "time_entry_description_min_length", "Least length of notes, where they are required",
                    "1 to 500 characters."),
                check("single_active_timer", "A person has one running timer at most"),
                check("prevent_overlapping_entries", "A person's entries must not overlap"),
                check("time_entry_require_task", "Entries need a task"),
                check("time_entry_require_description", "Entries need notes"),
            ]),
        Group(
            title: "Company",
            fields: [
                text("company_name", "Name", "", max: 200),
                FormField(
                    name: "company_address", label: "Address", control: .area(rows: 3), maxLength: 2000,
                    emptiness: .text),
                FormField(
                    name: "company_email", label: "Email", control: .input("email"), maxLength: 200, emptiness: .text,
                    isShort: true),
                FormField(
                    name: "company_phone", label: "Phone", control: .input("tel"), maxLength: 50, emptiness: .text,
                    isShort: true),
                text("company_website", "Website", "", max: 200),
            ]),
        Group(
            title: "Quotes",
            fields: [
                text("quote_prefix", "Prefix", "What {PREFIX} stands for.", max: 20),
                text(
                    "quote_number_pattern", "Pattern of numbers",
                    "{SEQ} once, and {PREFIX}, {YYYY}, {YY}, {MM}, {DD} where they are wanted. Empty: {SEQ}.", max: 100),
                number("quote_start_number", "First number", "1 to 1000000000."),
            ]),
        Group(
            title: "Accounts",
            fields: [
                check("allow_self_register", "Visitors may make an account for themselves"),
                check("allow_user_tokens", "People may make API tokens for themselves"),
            ]),
    ]

    static var fields: [FormField] { groups.flatMap(\.fields) }

    /// What a form says of each setting, as texts.
    static func values(_ form: FormBody) -> [(key: String, text: String)] {
        fields.map { field in
            if case .check = field.control { return (field.name, form.isChecked(field.name) ? "true" : "false") }
            let text = form.trimmed(field.name)
            return (field.name, field.name == "quote_number_pattern" && text.isEmpty ? "{SEQ}" : text)
        }
    }

    private static func text(_ name: String, _ label: String, _ hint: String, max: Int) -> FormField {
        FormField(name: name, label: label, hint: hint, maxLength: max, emptiness: .text, isShort: true)
    }

    private static func number(_ name: String, _ label: String, _ hint: String) -> FormField {
        FormField(
            name: name, label: label, hint: hint, isRequired: true, maxLength: 10, emptiness: .text,
            inputMode: "numeric", isShort: true)
    }

    private static func check(_ name: String, _ label: String) -> FormField {
        FormField(name: name, label: label, control: .check)
    }

    private static func choice(_ name: String, _ label: String) -> FormField {
        guard case .choice(let words)? = SettingsAdmin.keys.first(where: { $0.name == name })?.kind else {
            preconditionFailure("\(name) is no choice")
        }
        return FormField(
            name: name, label: label, control: .select(words.map { .init(value: $0, name: $0) }), emptiness: .text,
            isShort: true)
    }
}
