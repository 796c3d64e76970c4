import Postgres

/// The installation's settings row (behaviour.md §11.4), as far as the server acts on it.
public struct Settings: Sendable {
    /// IANA name of the app time zone, in which calendar math is done.
    public var timezone = "UTC"
    public var dateFormat = "YYYY-MM-DD"
    public var timeFormat = "24h"
    public var currency = "EUR"
    public var roundingMinutes = 1
    public var singleActiveTimer = true
    public var requiresTask = false
    public var requiresDescription = false
    public var descriptionMinLength = 20
    public var preventsOverlap = false
    public var disabledModules: Set<String> = []
    public var setupCompleted = false
    /// Minutes without a heartbeat after which a timer's user counts as idle.
    public var idleTimeoutMinutes = 30
    /// Rises with every change.
    var version: Int64 = 0

    public static let defaults = Settings()

    static let select = Statement(
        """
        select timezone, date_format, time_format, currency, rounding_minutes, single_active_timer,
               time_entry_require_task, time_entry_require_description, time_entry_description_min_length,
               prevent_overlapping_entries,
               array(select jsonb_array_elements_text(disabled_module_ids)), setup_completed_at is not null,
               idle_timeout_minutes, version
        from settings
        """)

    init() {}

    init(_ row: Row) {
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
    }

    /// A module is on unless it, or the module it depends on, is switched off.
    func isEnabled(_ module: Module) -> Bool {
        !disabledModules.contains(module.rawValue) && (module.dependency.map(isEnabled) ?? true)
    }

    var enabledModules: [Module] { Module.allCases.filter(isEnabled) }
    var isUTC: Bool { timezone == "UTC" || timezone == "Etc/UTC" }
}
