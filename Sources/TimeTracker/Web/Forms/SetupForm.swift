import Postgres

/// The fields of the setup wizard (behaviour.md §12.6), with everything that is wrong with them.
struct SetupForm: Sendable {
    static let dateFormats = ["YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY"]
    static let timeFormats = ["24h", "12h"]
    static let roundingSteps: [Int64] = [1, 5, 15, 30]

    /// Modules that an installation begins with.
    enum Preset: String, CaseIterable, Sendable {
        case solo, team, compliance, everything

        var modules: Set<Module> {
            switch self {
            case .solo: [.clients, .reports]
            case .team, .compliance: [.clients, .reports, .quotes]
            case .everything: Set(Module.allCases)
            }
        }

        /// JSON array of the ids of all other modules.
        var disabledModules: String {
            let others = Module.allCases.filter { !modules.contains($0) }
            return "[" + others.map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "]"
        }
    }

    /// Column, longest text.
    static let company: [(name: String, max: Int)] = [
        ("company_name", 200), ("company_address", 2000), ("company_email", 200), ("company_phone", 50),
        ("company_website", 200),
    ]

    /// As typed.
    let setupCode: String
    let username: String
    let password: String
    let timezone: String
    let dateFormat: String
    let timeFormat: String
    let currency: String
    let companyValues: [String]
    let preset: Preset
    let allowsSelfRegistration: Bool
    let roundingMinutes: Int64
    let hasSingleActiveTimer: Bool
    let idleTimeoutMinutes: Int64
    /// Field name to what is wrong with it.
    private(set) var errors: [String: String] = [:]

    init(_ form: FormBody) {
        setupCode = form.text("setup_code") ?? ""
        username = Username.normalise(form.text("username") ?? "")
        password = form.text("password") ?? ""
        let zone = form.trimmed("timezone")
        timezone = zone.isEmpty ? "UTC" : zone
        let date = form.trimmed("date_format")
        dateFormat = Self.dateFormats.contains(date) ? date : Self.dateFormats[0]
        let time = form.trimmed("time_format")
        timeFormat = Self.timeFormats.contains(time) ? time : Self.timeFormats[0]
        let code = form.trimmed("currency").uppercased()
        currency = code.isEmpty ? "EUR" : code
        companyValues = Self.company.map { form.trimmed($0.name) }
        preset = form.text("module_preset").flatMap(Preset.init) ?? .everything
        allowsSelfRegistration = form.isChecked("allow_self_register")
        roundingMinutes = form.clamped("rounding_minutes", 1...60, or: 1)
        hasSingleActiveTimer = form.isChecked("single_active_timer")
        idleTimeoutMinutes = form.clamped("idle_timeout_minutes", 1...480, or: 30)
        check(confirmation: form.text("confirm") ?? "")
    }

    private mutating func check(confirmation: String) {
        if (try? UserAdmin.validName(username)) == nil {
            errors["username"] = "Use 1 to 80 of a-z, 0-9, dot, underscore and hyphen."
        }
        errors.merge(NewPassword.problems(password, confirmation: confirmation)) { $1 }
        if (try? SettingsAdmin.parse(currency, .currency, "currency")) == nil {
            errors["currency"] = "Use a three-letter code such as EUR."
        }
        for (field, value) in zip(Self.company, companyValues) where value.unicodeScalars.count > field.max {
            errors[field.name] = "Use at most \(field.max) characters."
        }
    }

    mutating func refuseSetupCode() { errors["setup_code"] = "This is not the setup code." }

    mutating func refuseTimezone() { errors["timezone"] = "This is not a known time zone." }

    /// Everything into the settings row; a blank company field keeps what is there.
    var statement: Statement {
        Statement(
            """
            update settings set
                timezone = $1, date_format = $2, time_format = $3, currency = $4,
                company_name = coalesce(nullif($5, ''), company_name),
                company_address = coalesce(nullif($6, ''), company_address),
                company_email = coalesce(nullif($7, ''), company_email),
                company_phone = coalesce(nullif($8, ''), company_phone),
                company_website = coalesce(nullif($9, ''), company_website),
                disabled_module_ids = $10, allow_self_register = $11, rounding_minutes = $12::int,
                single_active_timer = $13, idle_timeout_minutes = $14::int,
                setup_completed_at = now(), setup_salt = gen_random_uuid(), updated_at = now()
            """,
            [.text(timezone), .text(dateFormat), .text(timeFormat), .text(currency)]
                + companyValues.map { .text($0) } + [
                    .json(preset.disabledModules), .bool(allowsSelfRegistration), .int(roundingMinutes),
                    .bool(hasSingleActiveTimer), .int(idleTimeoutMinutes),
                ])
    }
}
