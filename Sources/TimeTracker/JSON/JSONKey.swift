/// A member name with its quotes and colon, ready to be written. Names are ours and need no escaping.
public struct JSONKey: Sendable, ExpressibleByStringLiteral {
    let bytes: [UInt8]

    public init(_ name: StaticString) {
        self.init(name: "\(name)")
    }

    init(name: String) {
        bytes = Array("\"\(name)\":".utf8)
    }

    private init(encoded: [UInt8]) {
        bytes = encoded
    }

    public init(stringLiteral name: String) {
        self.init(name: name)
    }
}

extension JSONKey {
    /// A name that isn't ours.
    init(escaping name: String) { self.init(escaping: RawText(name)) }

    init(escaping name: RawText) {
        var out = ByteWriter(capacity: 64)
        name.withBytes { JSONEscaping.write($0, to: &out) }
        out.append(UInt8(ascii: ":"))
        self.init(encoded: Array(out.bytes))
    }
}
