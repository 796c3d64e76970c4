/// The templates: those of pages stand in the pages' folders, shared ones in `Web/Assets`.
enum PageTemplates {
    /// Name and text; all are parsed when the first page is rendered.
    static let sources: [(String, [UInt8])] = shared + pages

    private static let shared: [(String, [UInt8])] = [
        ("layout", PackageResources.layout_mustache), ("timer", PackageResources.timer_mustache),
        ("form_keys", PackageResources.form_keys_mustache), ("form", PackageResources.form_mustache),
        ("field_input", PackageResources.field_input_mustache), ("field_area", PackageResources.field_area_mustache),
        ("field_select", PackageResources.field_select_mustache),
        ("field_place", PackageResources.field_place_mustache),
        ("field_check", PackageResources.field_check_mustache), ("entry", PackageResources.entry_mustache),
        ("work", PackageResources.work_mustache), ("form_page", PackageResources.form_page_mustache),
        ("pager", PackageResources.pager_mustache), ("error", PackageResources.error_mustache),
        ("expired", PackageResources.expired_mustache),
    ]

    private static let pages: [(String, [UInt8])] = [
        ("login", PackageResources.login_mustache), ("logout", PackageResources.logout_mustache),
        ("setup", PackageResources.setup_mustache), ("password", PackageResources.password_mustache),
        ("tokens", PackageResources.tokens_mustache), ("dashboard", PackageResources.dashboard_mustache),
        ("timer_bar", PackageResources.timer_bar_mustache), ("timer_page", PackageResources.timer_page_mustache),
        ("entries", PackageResources.entries_mustache), ("entry_page", PackageResources.entry_page_mustache),
        ("timesheet", PackageResources.timesheet_mustache), ("day", PackageResources.day_mustache),
        ("projects", PackageResources.projects_mustache),
        ("project", PackageResources.project_mustache),
        ("tasks", PackageResources.tasks_mustache),
        ("task", PackageResources.task_mustache),
        ("clients", PackageResources.clients_mustache),
        ("client", PackageResources.client_mustache),
        ("search", PackageResources.search_mustache),
        ("reports", PackageResources.reports_mustache),
        ("report_problem", PackageResources.report_problem_mustache),
        ("exchange", PackageResources.exchange_mustache),
        ("shortcuts", PackageResources.shortcuts_mustache),
    ]
}
