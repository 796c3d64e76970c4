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
    /// Whether people may make API tokens for themselves.
    public var allowsUserTokens = false
    /// Rises with every change.
    var version: Int64 = 0

    public static let defaults = Settings()

    init() {}

    /// A module is on unless it, or the module it depends on, is switched off.
    func isEnabled(_ module: Module) -> Bool {
        !disabledModules.contains(module.rawValue) && (module.dependency.map(isEnabled) ?? true)
    }

    var enabledModules: [Module] { Module.allCases.filter(isEnabled) }
    var isUTC: Bool { timezone == "UTC" || timezone == "Etc/UTC" }
}
