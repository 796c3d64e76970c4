/// The cookies of a request (RFC 6265), taken apart once: a head may hold 64 KiB of them, and several are asked for.
struct Cookies: Sendable {
    /// Offsets in bytes within a field's value, without white space around.
    private struct Pair: Sendable {
        var field: Int
        var name: Range<Int>
        var value: Range<Int>
    }

    private let fields: [RawText]
    private var pairs: [Pair] = []

    init(_ headers: RequestHeaders) {
        fields = headers["cookie"]
        for (index, field) in fields.enumerated() {
            field.withBytes { bytes in
                var start = 0
                while start < bytes.count {
                    let end = bytes[start...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
                    if let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) {
                        let name = Self.trimmed(bytes, start..<equals)
                        let value = Self.trimmed(bytes, equals + 1..<end)
                        pairs.append(Pair(field: index, name: name, value: value))
                    }
                    start = end + 1
                }
            }
        }
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, isBlank(bytes[low]) { low += 1 }
        while low < high, isBlank(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    /// The value of the first cookie with that name, without quotes around.
    subscript(name: String) -> RawText? {
        let length = name.utf8.count
        let name = RawText(name)
        for pair in pairs where pair.name.count == length && text(pair.name, pair.field) == name {
            let value = text(pair.value, pair.field)
            let isQuoted = value.byteCount >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            return isQuoted ? value.dropFirst(1).dropLast(1) : value
        }
        return nil
    }

    private func text(_ range: Range<Int>, _ field: Int) -> RawText {
        let field = fields[field]
        return field.dropFirst(range.lowerBound).dropLast(field.byteCount - range.upperBound)
    }
}

// MARK: Making them

extension Cookies {
    /// The name under which a cookie travels: over https with the prefix that makes browsers refuse it from anybody but this
    /// host itself (RFC 6265bis §4.1.3.2).
    static func name(_ name: String, isSecure: Bool) -> String { isSecure ? "__Host-" + name : name }

    /// A `Set-Cookie` value: the whole site, never for scripts, not sent by other sites' forms.
    ///
    /// - Parameters:
    ///   - value: cookie octets only; ours are URL-safe base64.
    ///   - maxAge: seconds; nil = until the browser is closed, 0 = delete.
    static func set(_ name: String, _ value: String, maxAge: Int?, isSecure: Bool) -> String {
        var text = "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isSecure { text += "; Secure" }
        return text
    }
}
