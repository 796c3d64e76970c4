import HTTPTypes
import Postgres

/// `/admin/settings` and `/admin/modules` (behaviour.md §12.20).
enum SettingsPages {
    static let home = "/admin/settings"
    private static let modules = "/admin/modules"
    private static let modulesKey = "disabled_module_ids"
    private static let body = BodySchema("SettingsForm", [])

    static let routes = [
        Route(
            .get, path: home, summary: "Settings", access: .page(.admin), response: .string(), shows: .settings
        ) { call in
            async let loading = Frame.load(call)
            let stored = try await SettingsAdmin(db: call.db).get(nil)
            var values = Dictionary(uniqueKeysWithValues: stored.map { ($0.key, $0.value) })
            for field in SettingsForm.fields {
                if case .check = field.control { values[field.name] = values[field.name] == "true" ? "on" : "" }
            }
            return page(call, try await loading) { FormView($0, values: values) }
        },
        Route(
            .post, path: home, summary: "Change settings", access: .page(.adminAction(of: home)),
            bodyLimit: BodyLimit.longText, response: .string(), handler: save),
        Route(.get, path: modules, summary: "Modules", access: .page(.admin), response: .string()) { call in
            async let loading = Frame.load(call)
            let stored = try await SettingsAdmin(db: call.db).get(modulesKey).first?.value ?? "[]"
            let disabled = (try? JSONValue.parse(stored))?.arrayValue?.compactMap { $0.stringValue?.short } ?? []
            return modulesPage(
                call, try await loading, on: Set(Module.allCases.filter { !disabled.contains($0.rawValue) }))
        },
        Route(
            .post, path: modules, summary: "Switch modules on and off", access: .page(.adminAction(of: modules)),
            response: .string(), handler: switchModules),
    ]

    // MARK: Settings

    /// - Parameter view: makes the view of a group's fields.
    private static func page(
        _ call: Call, _ frame: Frame, problems: FormProblems? = nil, _ view: ([FormField]) -> FormView
    ) -> Reply {
        var values: [String: Any] = [
            "groups": SettingsForm.groups.map { group in
                ["title": group.title, "fields": view(group.fields).context["fields"] ?? []] as [String: Any]
            }
        ]
        // The summary stands once, above all groups.
        values["fields"] = [[String: Any]]()
        values["has_problems"] = problems != nil
        values["problems"] = problems?.listed(SettingsForm.fields) ?? []
        values["has_errors"] = problems != nil
        return call.page(
            "settings", title: "Settings", .settings, frame, status: problems == nil ? .ok : .unprocessableContent,
            values)
    }

    @Sendable private static func save(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        if let problems = try await store(SettingsForm.values(typed), call, typed) {
            return page(call, try await Frame.load(call), problems: problems) { FormView($0, typed: typed, problems) }
        }
        return call.seeOther(home, .settingsSaved)
    }

    /// - Returns: what is wrong with them; nil when they have been stored.
    private static func store(_ values: [(key: String, text: String)], _ call: Call, _ typed: FormBody) async throws
        -> FormProblems?
    {
        let outcome = try await call.carryOut(body, [], form: typed) { call in
            try await call.change { tx in
                try await SettingsChange.save(values, call.context, in: tx)
                return .message("Settings saved")
            }
        }
        guard case .refused(let problems) = outcome else {
            // Other workers are told by the database; this one answers the page that follows.
            call.app.settings.changed()
            return nil
        }
        return problems
    }

    // MARK: Modules

    private static func modulesPage(
        _ call: Call, _ frame: Frame, on: Set<Module>, problems: FormProblems? = nil
    ) -> Reply {
        let fields = Module.allCases.map { module in
            FormField(
                name: field(module), label: module.rawValue.prefix(1).uppercased() + module.rawValue.dropFirst(),
                control: .check, hint: module.dependency.map { "Needs \($0.rawValue)." } ?? "")
        }
        var view = FormView(
            fields,
            values: Dictionary(uniqueKeysWithValues: Module.allCases.map { (field($0), on.contains($0) ? "on" : "") }))
        view.problems = problems
        return call.page(
            "modules", title: "Modules", .settings, frame, status: problems == nil ? .ok : .unprocessableContent,
            view.context)
    }

    private static func field(_ module: Module) -> String { "module_enabled_\(module.rawValue)" }

    @Sendable private static func switchModules(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let on = Set(Module.allCases.filter { typed.isChecked(field($0)) })
        if let orphan = Module.allCases.first(where: { module in
            on.contains(module) && module.dependency.map { !on.contains($0) } ?? false
        }), let needed = orphan.dependency {
            let problems = FormProblems(
                field(needed), "It can't be off while \(orphan.rawValue) is on, which needs it.")
            return modulesPage(call, try await Frame.load(call), on: on, problems: problems)
        }
        let off = Module.allCases.filter { !on.contains($0) }.map(\.rawValue).joined(separator: ",")
        if let problems = try await store([(key: modulesKey, text: off)], call, typed) {
            return modulesPage(call, try await Frame.load(call), on: on, problems: problems)
        }
        return call.seeOther(modules, .modulesSaved)
    }
}
