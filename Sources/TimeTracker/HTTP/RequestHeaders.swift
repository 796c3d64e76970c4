/// The header fields of a request (RFC 9110 §5); names are case-insensitive, values are text from outside.
///
/// All fields are ranges of one text, the head as it came.
struct RequestHeaders: Sendable {
    /// Offsets in bytes.
    struct Field: Sendable {
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32
    }

    private let text: String
    private let fields: [Field]

    /// - Parameters:
    ///   - text: contiguous UTF-8.
    ///   - fields: ranges in it.
    init(text: String, fields: [Field]) {
        self.text = text
        self.fields = fields
    }

    static let none = RequestHeaders(text: "", fields: [])

    func first(name: String) -> RawText? {
        fields.first { hasName($0, name) }.map(value)
    }

    /// Values of all fields of that name, in order.
    subscript(name: String) -> [RawText] {
        var values: [RawText] = []
        for field in fields where hasName(field, name) { values.append(value(field)) }
        return values
    }

    func contains(name: String) -> Bool { fields.contains { hasName($0, name) } }

    /// The members of a field that is a comma list, over all its lines, trimmed (RFC 9110 §5.6.1).
    func list(name: String) -> [RawText] {
        var members: [RawText] = []
        for field in fields where hasName(field, name) {
            for member in value(field).split(UInt8(ascii: ",")) {
                let member = member.withoutOptionalWhiteSpace
                if !member.isEmpty { members.append(member) }
            }
        }
        return members
    }

    private func value(_ field: Field) -> RawText {
        RawText(text, from: Int(field.valueStart), to: Int(field.valueEnd))
    }

    /// - Parameter name: letters in lower case.
    private func hasName(_ field: Field, _ name: String) -> Bool {
        let length = Int(field.nameEnd - field.nameStart)
        guard length == name.utf8.count else { return false }
        let isEqual = text.utf8.withContiguousStorageIfAvailable { text in
            name.utf8.withContiguousStorageIfAvailable { name in
                for index in 0..<length {
                    let byte = text[Int(field.nameStart) + index]
                    let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                    if lower != name[index] { return false }
                }
                return true
            }
        }
        return (isEqual ?? false) ?? false
    }
}
