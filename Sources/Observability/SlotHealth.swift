/// What a worker reports about the services behind it.
public struct SlotHealth: OptionSet, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// PostgreSQL answers.
    public static let database = SlotHealth(rawValue: 1)
    /// Redis answers; without it limits hold for this host only.
    public static let redis = SlotHealth(rawValue: 2)
}
