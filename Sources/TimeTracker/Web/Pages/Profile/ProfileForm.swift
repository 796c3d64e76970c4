/// The form of one's own settings.
enum ProfileForm {
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private static func choice(_ words: [String], none: String = "As the installation") -> FormField.Control {
        .select([.init(value: "", name: none)] + words.map { .init(value: $0, name: $0) })
    }

    static let fields = [
        FormField(name: "full_name", label: "Name", maxLength: 200),
        FormField(name: "email", label: "Email", control: .input("email"), maxLength: 200),
        FormField(
            name: "timezone", label: "Time zone", hint: "Such as Europe/Berlin. Empty: the installation’s.",
            maxLength: 50, isShort: true),
        FormField(name: "date_format", label: "Dates", control: choice(UserProfile.dateFormats), isShort: true),
        FormField(name: "time_format", label: "Times of day", control: choice(UserProfile.timeFormats), isShort: true),
        FormField(
            name: "week_start_day", label: "Weeks begin on",
            control: .select(days.enumerated().map { .init(value: "\($0.offset)", name: $0.element) }), isShort: true),
        FormField(
            name: "theme", label: "Colours", control: choice(UserProfile.themes, none: "As the system says"),
            isShort: true),
        FormField(
            name: "standard_hours_per_day", label: "Working hours of a day", hint: "0.5 to 24.", isRequired: true,
            maxLength: 6, inputMode: "decimal", isShort: true),
        FormField(name: "time_rounding_enabled", label: "Round my times", control: .check),
        FormField(
            name: "time_rounding_minutes", label: "Rounding, in minutes", hint: "1 to 1440. 1: the installation’s.",
            isRequired: true, maxLength: 4, inputMode: "numeric", isShort: true),
        FormField(
            name: "time_rounding_method", label: "Rounding goes",
            control: .select([
                .init(value: "nearest", name: "To the nearest"), .init(value: "up", name: "Up"),
                .init(value: "down", name: "Down"),
            ]), isShort: true),
        FormField(name: "asks_when_idle", label: "Ask me when I am idle", control: .check),
    ]

    static func values(_ profile: UserProfile) -> [String: String] {
        [
            "full_name": profile.fullName ?? "", "email": profile.email ?? "", "timezone": profile.timezone ?? "",
            "date_format": profile.dateFormat ?? "", "time_format": profile.timeFormat ?? "",
            "theme": profile.theme ?? "", "standard_hours_per_day": PersonFormat.plain(profile.hoursPerDay),
            "week_start_day": "\(profile.weekStart)", "time_rounding_enabled": profile.roundsTimes ? "on" : "",
            "time_rounding_minutes": "\(profile.roundingMinutes)",
            "time_rounding_method": profile.roundingMethod.rawValue,
            "asks_when_idle": profile.asksWhenIdle ? "on" : "",
        ]
    }

    /// - Throws: ``ValidationError`` for what can't be read.
    static func profile(_ form: FormBody) throws -> UserProfile {
        func text(_ name: String) -> String? {
            let text = form.trimmed(name)
            return text.isEmpty ? nil : text
        }
        var errors = ValidationErrors()
        func number(_ name: String) -> Int64 {
            if let value = Int64(form.trimmed(name)) { return value }
            errors.add(name, "Not a valid integer.")
            return 1
        }
        let (start, minutes) = (number("week_start_day"), number("time_rounding_minutes"))
        let method = RoundingMethod(rawValue: form.trimmed("time_rounding_method"))
        if method == nil { errors.add("time_rounding_method", "Not a known way.") }
        let hours = WorkingHours.read(form.trimmed("standard_hours_per_day"))
        if hours == nil { errors.add("standard_hours_per_day", "Must be from 0.5 to 24.") }
        try errors.throwIfAny()
        return UserProfile(
            fullName: text("full_name"), email: text("email"), timezone: text("timezone"),
            dateFormat: text("date_format"), timeFormat: text("time_format"), weekStart: start,
            roundsTimes: form.isChecked("time_rounding_enabled"), roundingMinutes: minutes,
            roundingMethod: method ?? .nearest, asksWhenIdle: form.isChecked("asks_when_idle"), theme: text("theme"),
            hoursPerDay: hours ?? 8)
    }
}
