import Postgres

extension Settings {
    static let select = Statement(
        """
        select timezone, date_format, time_format, currency, rounding_minutes, single_active_timer,
               time_entry_require_task, time_entry_require_description, time_entry_description_min_length,
               prevent_overlapping_entries,
               array(select jsonb_array_elements_text(disabled_module_ids)), setup_completed_at is not null,
               idle_timeout_minutes, version, allow_user_tokens
        from settings
        """)

    init(_ row: Row) {
        self.init()
        timezone = row.string(0)
        dateFormat = row.string(1)
        timeFormat = row.string(2)
        currency = row.string(3)
        roundingMinutes = Int(row.int(4))
        singleActiveTimer = row.bool(5)
        requiresTask = row.bool(6)
        requiresDescription = row.bool(7)
        descriptionMinLength = Int(row.int(8))
        preventsOverlap = row.bool(9)
        disabledModules = Set(row.textArray(10))
        setupCompleted = row.bool(11)
        idleTimeoutMinutes = Int(row.int(12))
        version = row.int(13)
        allowsUserTokens = row.bool(14)
    }
}
