/// The encodings in which spreadsheet programs and other time trackers write their files (behaviour.md §6.1).
enum ImportText {
    /// The text as UTF-8: what has the byte order mark of UTF-16 is that, and what is no valid UTF-8 is Windows-1252.
    static func utf8(_ bytes: consuming [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes) { UInt16($0) | UInt16($1) << 8 } }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes) { UInt16($0) << 8 | UInt16($1) } }
        // What says that it is UTF-8 is taken at its word.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) || isUTF8(bytes) { return bytes }
        return windows1252(bytes)
    }

    private static func isUTF8(_ bytes: borrowing [UInt8]) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch {
            return false
        }
    }

    /// Lone surrogates become replacement characters; half a code unit at the end is left out.
    private static func utf16(_ bytes: [UInt8], _ unit: (UInt8, UInt8) -> UInt16) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        withoutActuallyEscaping(unit) { unit in
            let units = stride(from: 2, to: bytes.count - 1, by: 2).lazy.map { unit(bytes[$0], bytes[$0 + 1]) }
            _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
                text.append($0)
            }
        }
        return text
    }

    private static func windows1252(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            switch byte {
            case 0..<0x80: text.append(byte)
            case 0x80..<0xA0: text += special[Int(byte) - 0x80]
            default: text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
            }
        }
        return text
    }

    /// What 80 to 9F mean; the five that mean nothing stay control characters, as in the WHATWG Encoding Standard.
    private static let special: [[UInt8]] =
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars.map { Array(String($0).utf8) }
}
