/// Markup that is complete: templates take it as it is, by three braces and a name that ends in `_html`.
struct HTML: CustomStringConvertible, Sendable {
    /// What a writer has written, taken over as it is: lists are large, and each copy of one costs as much as its rows.
    ///
    /// `@unchecked Sendable`: nobody writes any more.
    private final class Storage: @unchecked Sendable {
        let writer: ByteWriter

        init(_ writer: consuming ByteWriter) { self.writer = writer }
    }

    private let storage: Storage

    init(_ text: String = "") {
        var writer = ByteWriter(capacity: text.utf8.count)
        writer.append(text)
        self.init(writer)
    }

    init(_ writer: consuming ByteWriter) { storage = Storage(writer) }

    /// UTF-8.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { body(storage.writer.bytes) }

    var description: String { withBytes { String(decoding: $0, as: UTF8.self) } }
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
        // Letters, which most bytes of a page are, come behind all of them.
        guard byte <= UInt8(ascii: ">") else { return nil }
        switch byte {
        case UInt8(ascii: "<"): return "&lt;"
        case UInt8(ascii: ">"): return "&gt;"
        case UInt8(ascii: "&"): return "&amp;"
        case UInt8(ascii: "\""): return "&quot;"
        case UInt8(ascii: "'"): return "&#39;"
        default: return nil
        }
    }
}
