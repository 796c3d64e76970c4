/// A strict parser for RFC 8259 over raw bytes: UTF-8 is checked, depth is limited, nothing may follow the value.
struct JSONParser {
    /// Nesting beyond this is refused, so that a body can't exhaust the stack.
    static let maxDepth = 64
    /// Values of a text, each member and element counted, beyond which it is refused: a body of ours has a few thousand
    /// at the most (a bulk change of 1,000 entries), and each takes a hundred bytes of memory.
    static let maxValues = 20_000
    /// Bytes of a member name; no field of ours comes near.
    static let maxNameLength = 1024

    private let bytes: UnsafeRawBufferPointer
    private let maxValues: Int
    private var index = 0
    private var values = 0

    init(_ bytes: UnsafeRawBufferPointer, maxValues: Int = Self.maxValues) {
        self.bytes = bytes
        self.maxValues = maxValues
    }

    mutating func parse() throws(JSONParseError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    private func failure(_ reason: String) -> JSONParseError {
        JSONParseError(offset: index, reason: reason)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func parseValue(depth: Int) throws(JSONParseError) -> JSONValue {
        guard depth < Self.maxDepth else { throw failure("nested too deeply") }
        values += 1
        guard values <= maxValues else { throw failure("too many values") }
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case nil: throw failure("unexpected end")
        default: return try parseNumber()
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.count, (0..<count).allSatisfy({ bytes[index + $0] == word.utf8Start[$0] }) else {
            throw failure("unknown word")
        }
        index += count
        return value
    }

    private mutating func parseObject(depth: Int) throws(JSONParseError) -> JSONValue {
        index += 1
        var object = JSONObject()
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            index += 1
            return .object(object)
        }
        while true {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else { throw failure("a member name was expected") }
            let key = try parseString()
            guard key.byteCount <= Self.maxNameLength else { throw failure("a member name is too long") }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw failure("a colon was expected") }
            index += 1
            object.set(key, try parseValue(depth: depth + 1))
            if try endOfList(UInt8(ascii: "}")) { return .object(object) }
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONParseError) -> JSONValue {
        index += 1
        var values: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            index += 1
            return .array(values)
        }
        while true {
            values.append(try parseValue(depth: depth + 1))
            if try endOfList(UInt8(ascii: "]")) { return .array(values) }
        }
    }

    /// After an element: true at the closing bracket, false at a comma.
    private mutating func endOfList(_ close: UInt8) throws(JSONParseError) -> Bool {
        skipWhitespace()
        guard let byte = current, byte == close || byte == UInt8(ascii: ",") else {
            throw failure("a comma was expected")
        }
        index += 1
        return byte == close
    }

    private mutating func parseNumber() throws(JSONParseError) -> JSONValue {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
        } else {
            try skipDigits()
        }
        if current == UInt8(ascii: ".") {
            index += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try skipDigits()
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func skipDigits() throws(JSONParseError) {
        let start = index
        while let byte = current, byte >= 0x30 && byte <= 0x39 { index += 1 }
        guard index > start else { throw failure("a digit was expected") }
    }

    private mutating func parseString() throws(JSONParseError) -> RawText {
        index += 1
        let start = index
        var all: UInt8 = 0
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            all |= byte
            index += 1
        }
        if current == UInt8(ascii: "\"") {
            defer { index += 1 }
            let slice = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            // ASCII needs no proof that it is UTF-8, which costs more than the text: nearly all names and values are.
            return all < 0x80 ? RawText(String(decoding: slice, as: UTF8.self)) : try text(bytes[start..<index])
        }
        var unescaped = Array(bytes[start..<index])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return try text(unescaped)
            case UInt8(ascii: "\\"): try parseEscape(into: &unescaped)
            case 0..<0x20: throw failure("a control character has to be escaped")
            default:
                unescaped.append(byte)
                index += 1
            }
        }
        throw failure("unexpected end in a string")
    }

    private func text(_ slice: some Collection<UInt8>) throws(JSONParseError) -> RawText {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure("invalid UTF-8") }
        return RawText(text)
    }

    private mutating func parseEscape(into out: inout [UInt8]) throws(JSONParseError) {
        index += 1
        guard let byte = current else { throw failure("unexpected end in a string") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): out.append(contentsOf: String(try parseUnicodeEscape()).utf8)
        default: throw failure("unknown escape")
        }
    }

    /// One scalar, which may take two escapes (a surrogate pair).
    private mutating func parseUnicodeEscape() throws(JSONParseError) -> Unicode.Scalar {
        let first = try parseHex4()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), current == UInt8(ascii: "\\"), index + 1 < bytes.count,
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw failure("a lone surrogate") }
        index += 2
        let second = try parseHex4()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw failure("a lone surrogate") }
        return scalar
    }

    private mutating func parseHex4() throws(JSONParseError) -> UInt16 {
        guard index + 4 <= bytes.count else { throw failure("unexpected end in a string") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = HexDigit.value(bytes[index]) else { throw failure("a hexadecimal digit was expected") }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }
}
