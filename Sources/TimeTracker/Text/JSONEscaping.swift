/// JSON string escapes (RFC 8259 §7).
enum JSONEscaping {
    // A call of its own: inlined it makes `describe` so long that members become functions, which get copies of the model.
    @inline(never)
    static func write(_ text: UnsafeRawBufferPointer, to out: inout ByteWriter) {
        var plain = 0
        // Nearly every text is plain: it is looked at and copied in one pass, eight bytes at a time.
        out.append(atMost: text.count + 2) { bytes in
            plain = copyPlain(text, to: UnsafeMutableRawPointer(bytes + 1))
            bytes[0] = UInt8(ascii: "\"")
            guard plain == text.count else { return plain + 1 }
            bytes[plain + 1] = UInt8(ascii: "\"")
            return plain + 2
        }
        guard plain < text.count else { return }
        writeRest(text, from: plain, to: &out)
        out.append(UInt8(ascii: "\""))
    }

    /// Copies the bytes before the first one that needs an escape, or a few less.
    ///
    /// - Returns: how many.
    @inline(__always)
    private static func copyPlain(_ text: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer) -> Int {
        var index = 0
        while text.count &- index >= 8 {
            let bytes = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard isPlain(bytes) else { return index }
            out.storeBytes(of: bytes, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < text.count {
            let byte = text[index]
            guard isPlain(byte) else { return index }
            out.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            index &+= 1
        }
        return index
    }

    private static func writeRest(_ text: UnsafeRawBufferPointer, from offset: Int, to out: inout ByteWriter) {
        var start = offset
        var index = offset
        while index < text.count {
            while text.count - index >= 8, isPlain(text.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
                index += 8
            }
            while index < text.count, isPlain(text[index]) { index += 1 }
            guard index < text.count else { break }
            out.append(UnsafeRawBufferPointer(rebasing: text[start..<index]))
            writeEscape(text[index], to: &out)
            index += 1
            start = index
        }
        out.append(UnsafeRawBufferPointer(rebasing: text[start...]))
    }

    /// Whether nothing needs an escape.
    static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while text.count &- index >= 8 {
            guard isPlain(text.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return false }
            index &+= 8
        }
        while index < text.count {
            guard isPlain(text[index]) else { return false }
            index &+= 1
        }
        return true
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether none of eight bytes needs an escape. Of a byte below a limit the difference borrows into its highest bit.
    private static func isPlain(_ bytes: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = bytes ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = bytes ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (bytes &- ones &* 0x20) & ~bytes
        let found = controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return found & (ones &* 0x80) == 0
    }

    private static func writeEscape(_ byte: UInt8, to out: inout ByteWriter) {
        switch byte {
        case UInt8(ascii: "\""): out.append(literal: "\\\"")
        case UInt8(ascii: "\\"): out.append(literal: "\\\\")
        case 0x0A: out.append(literal: "\\n")
        case 0x0D: out.append(literal: "\\r")
        case 0x09: out.append(literal: "\\t")
        default:
            out.append(literal: "\\u00")
            out.append(hexDigit(byte >> 4))
            out.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}
