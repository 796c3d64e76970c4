/// Fields of a form post (`application/x-www-form-urlencoded`).
struct FormBody: Sendable {
    /// Fields that a form may have; ours have fewer than a hundred.
    private static let maxCount = 1000
    /// Code points of a field, more than the longest text that is stored.
    private static let maxLength = 120_000

    private let fields: [(name: RawText, value: String)]

    /// - Throws: ``APIError`` 400 for more fields than a form of ours has, and for values that aren't UTF-8 or can't be
    ///   stored.
    init(_ text: RawText) throws {
        let pairs = text.split(UInt8(ascii: "&"), most: Self.maxCount + 1)
        guard pairs.count <= Self.maxCount else { throw APIError.malformedForm }
        fields = try pairs.filter { !$0.isEmpty }.map { pair in
            let parts = pair.split(UInt8(ascii: "="), most: 2)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1]) : "",
                let text = try? value.text(atMost: Self.maxLength)
            else { throw APIError.malformedForm }
            return (name, text)
        }
    }

    /// All fields in the order in which they were sent, names that are too long for one of ours left out.
    var pairs: [(name: String, value: String)] {
        fields.compactMap { field in (try? field.name.text(atMost: 200)).map { ($0, field.value) } }
    }

    /// Whether a password was typed into it.
    var holdsPassword: Bool {
        fields.contains { ($0.name == RawText("password") || $0.name == RawText("confirm")) && !$0.value.isEmpty }
    }

    /// Bytes of all names and values.
    var size: Int { fields.reduce(0) { $0 + $1.name.byteCount + $1.value.utf8.count } }

    /// As sent; nil when absent. The first of several counts.
    func text(_ name: String) -> String? {
        let name = RawText(name)
        return fields.first { $0.name == name }?.value
    }

    /// Trimmed; empty when absent.
    func trimmed(_ name: String) -> String { Tags.trim(text(name) ?? "") }

    func all(_ name: String) -> [String] {
        let name = RawText(name)
        return fields.filter { $0.name == name }.map(\.value)
    }

    func isChecked(_ name: String) -> Bool { text(name) == "on" }

    /// A number within a range: one outside is moved to its edge, what is no number becomes `fallback`.
    func clamped(_ name: String, _ range: ClosedRange<Int64>, or fallback: Int64) -> Int64 {
        Int64(trimmed(name)).map { min(max($0, range.lowerBound), range.upperBound) } ?? fallback
    }
}
