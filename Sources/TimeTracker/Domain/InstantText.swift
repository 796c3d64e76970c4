/// Instants for people.
public enum Instant {
    /// `2024-01-15T09:00:00Z` of microseconds since 2000-01-01 UTC.
    public static func text(_ instant: Int64?) -> String? {
        instant.map(InstantFormat.text)
    }
}
