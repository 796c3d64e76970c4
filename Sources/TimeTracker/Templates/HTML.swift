/// Markup that is complete: templates take it as it is, by three braces and a name that ends in `_html`.
struct HTML: CustomStringConvertible, Sendable {
    /// UTF-8; bytes and no text, which would be checked and copied on its way into the page.
    let bytes: [UInt8]

    init(_ text: String = "") { bytes = Array(text.utf8) }

    init(bytes: UnsafeRawBufferPointer) { self.bytes = Array(bytes) }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteWriter {
    /// Text between tags, or in an attribute's value between quotes (HTML, "Restrictions on content" and "Attributes").
    ///
    /// Byte by byte: a quote with a combining mark behind it is one character to a person and a quote to a browser.
    mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var start = 0
            for index in bytes.indices {
                guard let replacement = Self.replacement(bytes[index]) else { continue }
                append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                append(literal: replacement)
                start = index + 1
            }
            append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
    }

    @inline(__always)
    private static func replacement(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
