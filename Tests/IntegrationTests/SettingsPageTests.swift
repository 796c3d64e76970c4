import Foundation
import Testing

/// `/admin/settings` and `/admin/modules` (behaviour.md §12.20), as a browser without scripts meets them.
@Suite struct SettingsPageTests {
    private static let settings = "/admin/settings"
    private static let modules = "/admin/modules"

    private static let good = [
        ("timezone", "Europe/Berlin"), ("date_format", "DD.MM.YYYY"), ("time_format", "12h"), ("currency", "CHF"),
        ("rounding_minutes", "15"), ("idle_timeout_minutes", "45"), ("default_daily_working_hours", "7.5"),
        ("time_entry_description_min_length", "3"), ("prevent_overlapping_entries", "on"),
        ("company_name", "<b>Ours</b>"), ("company_address", "Here\r\nThere"), ("company_email", "a@example.org"),
        ("company_phone", "1"), ("company_website", "https://example.org"), ("quote_prefix", "Q"),
        ("quote_number_pattern", ""), ("quote_start_number", "100"),
    ]

    private static func good(but changes: (String, String)...) -> [(String, String)] {
        changes + good.filter { field in !changes.contains { $0.0 == field.0 } }
    }

    @Test func everySettingIsShownAndStored() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            let form = try await browser.get(Self.settings).text
            #expect(form.contains(#"name="single_active_timer" value="on" checked"#))
            #expect(!form.contains(#"name="prevent_overlapping_entries" value="on" checked"#))
            let saved = try await browser.post(Self.settings, Self.good)
            #expect(saved.status == 303 && saved.header("location") == Self.settings)
            let stored = """
                select timezone, date_format, time_format, currency, rounding_minutes, idle_timeout_minutes,
                    default_daily_working_hours, time_entry_description_min_length, prevent_overlapping_entries,
                    single_active_timer, company_name, quote_prefix, quote_number_pattern, quote_start_number from settings
                """
            let expected = "Europe/Berlin|DD.MM.YYYY|12h|CHF|15|45|7.5|3|t|f|<b>Ours</b>|Q|{SEQ}|100"
            #expect(try server.sql(stored) == expected)
            let shown = try await browser.get(Self.settings).text
            #expect(shown.contains("The settings have been saved.") && shown.contains("&lt;b&gt;Ours&lt;/b&gt;"))
            #expect(shown.contains(#"name="prevent_overlapping_entries" value="on" checked"#))
            let activity =
                "select action, entity_type, user_id, entity_name from activities where entity_type = 'settings'"
            let told = try server.sql(activity)
            #expect(told.hasPrefix("updated|settings|1|timezone, ") && !told.contains("allow_self_register"))
            // The same again changes nothing and tells nothing.
            #expect(try await browser.post(Self.settings, Self.good).status == 303)
            #expect(try server.sql("select count(*) from activities where entity_type = 'settings'") == "1")
            #expect(
                try await browser.get("/admin/activity?entity_type=settings").text.contains("Updated settings timezone")
            )

            for (field, value) in [
                ("timezone", "Mars/Olympus"), ("timezone", ""), ("date_format", "YY"), ("currency", "euro"),
                ("rounding_minutes", "0"), ("rounding_minutes", "x"), ("rounding_minutes", ""),
                ("idle_timeout_minutes", "481"), ("default_daily_working_hours", "25"),
                ("default_daily_working_hours", "nan"), ("time_entry_description_min_length", "501"),
                ("company_name", String(repeating: "x", count: 201)), ("quote_number_pattern", "Q"),
                ("quote_number_pattern", "{SEQ}{NOPE}"), ("quote_start_number", "-1"),
            ] {
                let refused = try await browser.post(
                    Self.settings, Self.good(but: ("company_phone", "77"), (field, value)))
                #expect(refused.status == 422 && refused.text.contains("id=\"e-\(field)\""), "\(field)=\(value)")
                #expect(refused.text.contains(#"value="77""#), "\(field): what was typed is kept")
            }
            #expect(try server.sql(stored) == expected)
        }
    }

    @Test func modulesAreSwitched() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            #expect(
                try await browser.get(Self.modules).text.contains(#"name="module_enabled_quotes" value="on" checked"#))
            let off = try await browser.post(
                Self.modules, [("module_enabled_clients", "on"), ("module_enabled_quotes", "on")])
            #expect(off.status == 303)
            #expect(try server.sql("select disabled_module_ids from settings") == #"["inventory", "reports"]"#)
            #expect(
                !(try await browser.get(Self.modules).text.contains(
                    #"name="module_enabled_reports" value="on" checked"#)))
            #expect(try await browser.get("/reports").status == 403)
            let orphan = try await browser.post(Self.modules, [("module_enabled_quotes", "on")])
            #expect(orphan.status == 422 && orphan.text.contains("id=\"e-module_enabled_clients\""))
            #expect(try server.sql("select disabled_module_ids from settings") == #"["inventory", "reports"]"#)
            _ = try server.makeUser("ann")
            let other = Browser(server)
            try await other.signIn("ann", TestServer.password)
            for path in [Self.settings, Self.modules] {
                #expect(try await other.get(path).status == 403)
                #expect(try await other.post(path, Self.good).status == 403)
            }
            #expect(
                try server.sql("select currency, disabled_module_ids from settings") == #"EUR|["inventory", "reports"]"#
            )
        }
    }
}
