/// Percent-encoding of queries (RFC 3986 §2.1, with `+` for blanks).
enum PercentEncoding {
    /// Nil when the bytes are not UTF-8; a stray `%` stands for itself.
    static func decode(_ text: RawText) -> RawText? {
        guard text.bytes.contains(where: { $0 == 0x25 || $0 == 0x2B }) else { return text }
        let bytes = Array(text.bytes)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = HexDigit.value(bytes[index + 1]),
                let low = HexDigit.value(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index] == 0x2B ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(validating: out, as: UTF8.self).map { RawText($0) }
    }

    /// Everything but unreserved characters and slashes (RFC 3986 §2.3).
    static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }
}
