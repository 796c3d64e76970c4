import Postgres

extension Settings: RowProjection {
    static let table = "settings"
    static let selected = selectList()
    static let select = Statement("select \(selected) from settings")

    static func map(_ row: inout some ColumnVisitor, _ settings: inout Settings) {
        row.column("timezone", &settings.timezone)
        row.column("date_format", &settings.dateFormat)
        row.column("time_format", &settings.timeFormat)
        row.column("currency", &settings.currency)
        row.column("rounding_minutes", &settings.roundingMinutes)
        row.column("single_active_timer", &settings.singleActiveTimer)
        row.column("time_entry_require_task", &settings.requiresTask)
        row.column("time_entry_require_description", &settings.requiresDescription)
        row.column("time_entry_description_min_length", &settings.descriptionMinLength)
        row.column("prevent_overlapping_entries", &settings.preventsOverlap)
        row.computed("array(select jsonb_array_elements_text(disabled_module_ids))", &settings.disabledModules)
        row.computed("setup_completed_at is not null", &settings.setupCompleted)
        row.column("idle_timeout_minutes", &settings.idleTimeoutMinutes)
        row.column("version", &settings.version)
        row.column("allow_user_tokens", &settings.allowsUserTokens)
    }
}
