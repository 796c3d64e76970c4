import NIOHTTP1

/// The header fields of a request (RFC 9110 §5); names are case-insensitive, values are text from outside.
struct RequestHeaders: Sendable {
    private let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) {
        self.fields = fields
    }

    func first(name: String) -> RawText? { fields.first(name: name).map { RawText($0) } }

    /// Values of all fields of that name, in order.
    subscript(name: String) -> [RawText] { fields[name].map { RawText($0) } }

    func contains(name: String) -> Bool { fields.contains(name: name) }

    /// The members of a field that is a comma list, over all its lines, trimmed (RFC 9110 §5.6.1).
    func list(name: String) -> [RawText] {
        fields[name].flatMap { RawText($0).split(UInt8(ascii: ",")).map(\.withoutOptionalWhiteSpace) }
            .filter { !$0.isEmpty }
    }
}
