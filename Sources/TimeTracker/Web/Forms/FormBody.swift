/// Fields of a form post (`application/x-www-form-urlencoded`).
struct FormBody: Sendable {
    private let fields: [(name: String, value: String)]

    /// Fields that aren't UTF-8 or hold a NUL, which PostgreSQL can't store, are dropped.
    init(_ text: String) {
        fields = text.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1]) : "", !value.utf8.contains(0)
            else { return nil }
            return (name, value)
        }
    }

    /// As sent; nil when absent. The first of several counts.
    func text(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Trimmed; empty when absent.
    func trimmed(_ name: String) -> String { Tags.trim(text(name) ?? "") }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    func isChecked(_ name: String) -> Bool { text(name) == "on" }

    /// A number within a range: one outside is moved to its edge, what is no number becomes `fallback`.
    func clamped(_ name: String, _ range: ClosedRange<Int64>, or fallback: Int64) -> Int64 {
        Int64(trimmed(name)).map { min(max($0, range.lowerBound), range.upperBound) } ?? fallback
    }
}
