import HTTPTypes
import Logging
import Postgres

/// `/setup`: the first-run wizard on one page (behaviour.md §12.6). Once it has been completed it only redirects.
///
/// Whoever doesn't sit at this machine has to know the setup code (``SetupCode``), and has five attempts a minute.
enum SetupPages {
    static let routes = [
        Route(.get, path: "/setup", summary: "Setup wizard", access: .page(.setup), response: .string(), handler: show),
        Route(
            .post, path: "/setup", summary: "Complete the setup", access: .page(.setup), response: .string(),
            handler: complete),
    ]

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        guard try await !FirstRunSetup(db: call.db).isComplete() else { return .redirect(to: "/dashboard") }
        let row = try await call.db.query(Statement("select \(Values.selected) from settings")).first
        return try await page(call, try row.map { try Values($0) } ?? Values())
    }

    @Sendable private static func complete(_ call: Call) async throws -> Reply {
        let setup = FirstRunSetup(db: call.db)
        guard try await !setup.isComplete() else { return .redirect(to: "/dashboard") }
        var form = SetupForm(try call.exchange.form)
        if needsCode(call) {
            try await call.app.loginThrottle.admit(call.exchange.clientAddress)
            guard let code = try await call.app.setupCode.current() else { return .redirect(to: "/dashboard") }
            if !SetupCode.matches(form.setupCode, code) { form.refuseSetupCode() }
        }
        do {
            try await SettingsAdmin(db: call.db).checkZone(form.timezone)
        } catch is AdminError {
            form.refuseTimezone()
        }
        guard form.errors.isEmpty else {
            return try await page(call, Values(form), form.errors, status: .unprocessableContent)
        }
        let hash = try await call.app.passwords.withPlace { try await $0.hash(form.password) }
        let isDone = try await setup.complete(form, passwordHash: hash)
        if isDone {
            call.app.faults.logger.notice("setup completed", metadata: ["admin": "\(form.username)"])
            call.exchange.setFlash(.setUp, call.app.web)
        }
        return .seeOther("/")
    }

    /// A browser on this machine needs none: who can start one here can read the log too. It has to have asked for this
    /// machine by a name that nobody else can give it, or a page of another site could have led it here (DNS rebinding).
    private static func needsCode(_ call: Call) -> Bool {
        guard call.exchange.origin.isLocal, let host = call.exchange.headers.first(name: "host")?.short else {
            return true
        }
        return !LoopbackHost.isOne(host)
    }

    /// What the fields show.
    fileprivate struct Values: RowProjection {
        var setupCode = ""
        var username = "admin"
        var timezone = "UTC"
        var dateFormat = SetupForm.dateFormats[0]
        var timeFormat = SetupForm.timeFormats[0]
        var currency = "EUR"
        var company = SetupForm.company.map { _ in "" }
        var preset = SetupForm.Preset.team
        var roundingMinutes: Int64 = 1
        var hasSingleActiveTimer = true
        var allowsSelfRegistration = false
        var idleTimeoutMinutes: Int64 = 30

        static let table = "settings"
        static let selected = selectList()

        /// What the settings row has of them.
        static func map(_ row: inout some ColumnVisitor, _ values: inout Values) {
            row.column("timezone", &values.timezone)
            row.column("date_format", &values.dateFormat)
            row.column("time_format", &values.timeFormat)
            row.column("currency", &values.currency)
            row.column("rounding_minutes", &values.roundingMinutes)
            row.column("single_active_timer", &values.hasSingleActiveTimer)
            row.column("allow_self_register", &values.allowsSelfRegistration)
            row.column("idle_timeout_minutes", &values.idleTimeoutMinutes)
        }
    }

    private static func page(
        _ call: Call, _ values: Values, _ errors: [String: String] = [:], status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        let zones = try await call.db.query(
            Statement(
                "select name from pg_timezone_names where name !~ '^(posix|right|Etc/GMT|SystemV)|^[A-Z0-9+-]+$|localtime|Factory' or name = 'UTC' order by name"
            ))
        let needsCode = needsCode(call)
        // At the start the database may have been away.
        if needsCode { await call.app.setupCode.announce() }
        let steps = Set(SetupForm.roundingSteps + [values.roundingMinutes]).sorted()
        var context: [String: Any] = [
            "username": values.username, "timezone": values.timezone, "zones": zones.map { $0.string(0) },
            "date_formats": options(SetupForm.dateFormats, values.dateFormat),
            "time_formats": options(SetupForm.timeFormats, values.timeFormat), "currency": values.currency,
            "presets": presets(values.preset), "rounding": options(steps.map(String.init), "\(values.roundingMinutes)"),
            "single_active_timer": values.hasSingleActiveTimer, "allow_self_register": values.allowsSelfRegistration,
            "idle_timeout_minutes": "\(values.idleTimeoutMinutes)", "has_errors": !errors.isEmpty,
            "needs_code": needsCode, "setup_code": values.setupCode,
        ]
        for (field, value) in zip(SetupForm.company, values.company) { context[field.name] = value }
        for (field, text) in errors { context["\(field)_error"] = text }
        return Page.render("setup", title: "Set up", call.exchange, app: call.app, status: status, context)
    }

    private static func options(_ values: [String], _ selected: String) -> [[String: Any]] {
        values.map { ["value": $0, "selected": $0 == selected] }
    }

    private static func presets(_ selected: SetupForm.Preset) -> [[String: Any]] {
        SetupForm.Preset.allCases.map { preset in
            [
                "value": preset.rawValue, "selected": preset == selected,
                "modules": Module.allCases.filter(preset.modules.contains).map(\.rawValue).joined(separator: ", "),
            ]
        }
    }
}

extension SetupPages.Values {
    /// What was typed, but for the passwords.
    fileprivate init(_ form: SetupForm) {
        setupCode = form.setupCode
        username = form.username
        timezone = form.timezone
        dateFormat = form.dateFormat
        timeFormat = form.timeFormat
        currency = form.currency
        company = form.companyValues
        preset = form.preset
        roundingMinutes = form.roundingMinutes
        hasSingleActiveTimer = form.hasSingleActiveTimer
        allowsSelfRegistration = form.allowsSelfRegistration
        idleTimeoutMinutes = form.idleTimeoutMinutes
    }
}

extension FirstRunSetup {
    /// - Returns: false when another request had completed the setup already; nothing is changed then.
    func complete(_ form: SetupForm, passwordHash: String) async throws -> Bool {
        try await db.transaction { tx in
            let lock = Statement("select setup_completed_at is not null from settings for update")
            guard let row = try await tx.query(lock).first else {
                throw AdminError("the database has no settings row; run 'timetracker migrate'")
            }
            if row.bool(0) { return false }
            _ = try await tx.query(Self.upsertAdmin(form.username, passwordHash: passwordHash))
            _ = try await tx.query(form.statement)
            return true
        }
    }

    /// The account may exist already, made from the command line.
    static func upsertAdmin(_ name: String, passwordHash: String) -> Statement {
        Statement(
            """
            insert into users (username, password_hash, role) values ($1, $2, 'admin')
            on conflict (username) do update
            set password_hash = excluded.password_hash, role = 'admin', is_active = true,
                password_change_required = false
            """, [.text(name), .text(passwordHash)])
    }
}
