/// A query parameter as a route declares it.
public struct QueryParameter: Sendable {
    let name: String
    let schema: Schema

    static func integer(_ name: String, _ description: String) -> Self {
        Self(name: name, schema: .integer(description: description))
    }

    static func text(_ name: String, _ description: String) -> Self {
        Self(name: name, schema: .string(description: description))
    }

    static func boolean(_ name: String, _ description: String) -> Self {
        Self(name: name, schema: .boolean(description: description))
    }

    /// A date, or a date with a time.
    static func dateTime(_ name: String, _ description: String) -> Self {
        Self(name: name, schema: .string(description: description))
    }

    static let page = integer("page", "Page number, from 1; anything else means 1")
    static let perPage = integer("per_page", "Items a page, 1 to 100; default 50")
}

/// The query of a request, read with the rules of behaviour.md §3.7, §3.8. Collects everything that is wrong.
struct QueryParameters {
    /// Parameters of a query; more are refused.
    private static let maxCount = 200
    /// Code points of a value.
    private static let maxLength = 2000

    /// As it was sent.
    let raw: String
    private let values: [(name: RawText, value: RawText?)]
    private var errors = ValidationErrors()

    /// - Parameter raw: the query without `?`, percent-encoded (`+` is a blank, as forms send it).
    init(_ raw: String) {
        self.raw = raw
        let pairs = RawText(raw).split(UInt8(ascii: "&"), most: Self.maxCount + 1)
        values = pairs.prefix(Self.maxCount).filter { !$0.isEmpty }.map { pair in
            let parts = pair.split(UInt8(ascii: "="), most: 2)
            return (PercentEncoding.decode(parts[0]) ?? "", parts.count > 1 ? PercentEncoding.decode(parts[1]) : "")
        }
        if pairs.count > Self.maxCount { errors.add("_query", "At most \(Self.maxCount) parameters.") }
    }

    /// - Throws: ``ValidationError`` with every bad parameter.
    func finish() throws(ValidationError) {
        try errors.throwIfAny()
    }

    /// The trimmed text; nil when absent or blank. The first of several counts.
    mutating func text(_ name: String) -> String? {
        guard let entry = entry(name) else { return nil }
        do throws(RawText.Refusal) {
            guard let value = entry.value else { throw .notText }
            let text = try value.trimmed.text(atMost: Self.maxLength)
            return text.isEmpty ? nil : text
        } catch {
            errors.add(
                name, error == .tooLong ? "Longer than maximum length \(Self.maxLength)." : "Not a valid string.")
            return nil
        }
    }

    private func entry(_ name: String) -> (name: RawText, value: RawText?)? {
        let name = RawText(name)
        return values.first { $0.name == name }
    }

    mutating func integer(_ name: String) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else {
            errors.add(name, "Not a valid integer.")
            return nil
        }
        return value
    }

    mutating func id<Object>(_ name: String) -> ID<Object>? { integer(name).map { ID($0) } }

    /// A number of results; never an error (behaviour.md §7.1).
    mutating func limit(_ name: String, standard: Int64, most: Int64) -> Int64 {
        let value = entry(name)?.value?.short.flatMap { Int64($0) } ?? standard
        return min(max(value, 1), most)
    }

    mutating func boolean(_ name: String) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text.lowercased() {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default:
            errors.add(name, "Not a valid boolean.")
            return nil
        }
    }

    /// A comma list of words, each of which stands for one value or several; nil when absent or without a word.
    mutating func words<Value>(_ name: String, _ words: [(word: String, values: [Value])]) -> [Value]? {
        let given = Tags.split(text(name))
        guard !given.isEmpty else { return nil }
        var values: [Value] = []
        for word in given {
            guard let known = words.first(where: { $0.word == word }) else {
                errors.add(name, "Must be a comma list of: \(words.map(\.word).joined(separator: ", ")).")
                return nil
            }
            values += known.values
        }
        return values
    }

    /// Lower bound of a range: a date means its first instant.
    mutating func rangeStart(_ name: String) -> RangeBound? { bound(name) { .startOfDay($0) } }

    /// Upper bound of a range: a date means its last microsecond.
    mutating func rangeEnd(_ name: String) -> RangeBound? { bound(name) { .endOfDay($0) } }

    private mutating func bound(_ name: String, ofDate: (Int32) -> RangeBound) -> RangeBound? {
        guard let text = text(name) else { return nil }
        // A plus sign that was not encoded has become a blank; only an offset can stand there.
        switch DateTimeParser.parse(text) ?? DateTimeParser.parse(Self.restoringPlus(text)) {
        case .dateTime(let time): return .time(time)
        case .date(let days): return ofDate(days)
        case nil:
            errors.add(name, "Not a valid datetime.")
            return nil
        }
    }

    private static func restoringPlus(_ text: String) -> String {
        guard let blank = text.lastIndex(of: " ") else { return text }
        return text.replacing(" ", with: "+", subrange: blank..<text.endIndex)
    }

    /// Never an error: bad values fall back (behaviour.md §3.7).
    mutating func page() -> PageRequest {
        let page = entry("page")?.value?.short.flatMap { Int64($0) } ?? 1
        let perPage = entry("per_page")?.value?.short.flatMap { Int64($0) } ?? 50
        return PageRequest(page: max(page, 1), perPage: perPage < 1 ? 50 : Int(min(perPage, 100)))
    }
}
