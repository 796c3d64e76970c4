extension RoundingPreference: RowProjection {
    static let table = "users"
    static let alias = "u"
    static let selected = selectList()

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ preference: inout RoundingPreference) {
        row.column("time_rounding_enabled", &preference.isEnabled)
        row.column("time_rounding_minutes", &preference.minutes)
        row.column("time_rounding_method", &preference.method)
    }
}
