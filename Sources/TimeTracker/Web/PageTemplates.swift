/// The templates of pages, the files of `Web/Templates`.
enum PageTemplates {
    /// Name and text; all are parsed when the first page is rendered.
    static let sources: [(name: String, text: [UInt8])] = shared + pages + inventory + administration

    private static let shared: [(name: String, text: [UInt8])] = [
        ("layout", PackageResources.layout_mustache), ("timer", PackageResources.timer_mustache),
        ("form_keys", PackageResources.form_keys_mustache), ("form", PackageResources.form_mustache),
        ("field_input", PackageResources.field_input_mustache), ("field_area", PackageResources.field_area_mustache),
        ("field_select", PackageResources.field_select_mustache),
        ("field_place", PackageResources.field_place_mustache),
        ("field_check", PackageResources.field_check_mustache),
        ("field_checks", PackageResources.field_checks_mustache), ("entry", PackageResources.entry_mustache),
        ("work", PackageResources.work_mustache), ("form_page", PackageResources.form_page_mustache),
        ("object_list", PackageResources.object_list_mustache),
        ("pager", PackageResources.pager_mustache), ("error", PackageResources.error_mustache),
        ("expired", PackageResources.expired_mustache),
        ("filter_problems", PackageResources.filter_problems_mustache),
        ("api_snippet", PackageResources.api_snippet_mustache),
        ("token_new", PackageResources.token_new_mustache),
    ]

    private static let inventory: [(name: String, text: [UInt8])] = [
        ("inventory_tabs", PackageResources.inventory_tabs_mustache),
        ("stock_item", PackageResources.stock_item_mustache),
        ("warehouse", PackageResources.warehouse_mustache),
        ("stock_levels", PackageResources.stock_levels_mustache),
        ("level_rows", PackageResources.level_rows_mustache),
        ("movements", PackageResources.movements_mustache),
        ("movement_rows", PackageResources.movement_rows_mustache),
        ("transfers", PackageResources.transfers_mustache),
        ("transfer", PackageResources.transfer_mustache),
        ("valuation", PackageResources.valuation_mustache),
        ("turnover", PackageResources.turnover_mustache),
        ("low_stock", PackageResources.low_stock_mustache),
    ]

    private static let administration: [(name: String, text: [UInt8])] = [
        ("system", PackageResources.system_mustache),
        ("users", PackageResources.users_mustache), ("user", PackageResources.user_mustache),
        ("webhooks", PackageResources.webhooks_mustache), ("webhook", PackageResources.webhook_mustache),
        ("webhook_delivery", PackageResources.webhook_delivery_mustache),
        ("activities", PackageResources.activities_mustache),
        ("profile", PackageResources.profile_mustache),
        ("settings", PackageResources.settings_mustache), ("modules", PackageResources.modules_mustache),
    ]

    private static let pages: [(name: String, text: [UInt8])] = [
        ("login", PackageResources.login_mustache), ("logout", PackageResources.logout_mustache),
        ("setup", PackageResources.setup_mustache), ("password", PackageResources.password_mustache),
        ("tokens", PackageResources.tokens_mustache), ("dashboard", PackageResources.dashboard_mustache),
        ("timer_bar", PackageResources.timer_bar_mustache), ("timer_page", PackageResources.timer_page_mustache),
        ("entries", PackageResources.entries_mustache), ("entry_edit", PackageResources.entry_edit_mustache),
        ("entry_page", PackageResources.entry_page_mustache),
        ("timesheet", PackageResources.timesheet_mustache), ("day", PackageResources.day_mustache),
        ("month", PackageResources.month_mustache), ("calendar", PackageResources.calendar_mustache),
        ("projects", PackageResources.projects_mustache),
        ("project", PackageResources.project_mustache),
        ("tasks", PackageResources.tasks_mustache),
        ("task", PackageResources.task_mustache), ("board", PackageResources.board_mustache),
        ("client", PackageResources.client_mustache),
        ("quotes", PackageResources.quotes_mustache), ("quote", PackageResources.quote_mustache),
        ("quote_form", PackageResources.quote_form_mustache), ("quote_line", PackageResources.quote_line_mustache),
        ("quote_lines", PackageResources.quote_lines_mustache), ("quote_print", PackageResources.quote_print_mustache),
        ("search", PackageResources.search_mustache),
        ("reports", PackageResources.reports_mustache),
        ("saved_reports", PackageResources.saved_reports_mustache),
        ("report_problem", PackageResources.report_problem_mustache),
        ("exchange", PackageResources.exchange_mustache), ("import_file", PackageResources.import_file_mustache),
        ("burn", PackageResources.burn_mustache),
        ("shortcuts", PackageResources.shortcuts_mustache),
    ]
}
