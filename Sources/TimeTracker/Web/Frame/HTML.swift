/// Markup that is complete: templates take it as it is, by three braces and a name that ends in `_html`.
struct HTML: CustomStringConvertible, Sendable {
    let description: String

    init(_ text: String = "") { description = text }
}

/// Writes markup byte by byte, for what pages have hundreds of: rows, cells, options. Templates look up each
/// name in it among the page's values, which a list of fifty entries can't afford.
///
/// Markup is literals of ours alone; everything else goes through ``text(_:)``, which escapes.
struct HTMLWriter: ~Copyable {
    private var out: ByteWriter

    init(capacity: Int = 4096) { out = ByteWriter(capacity: capacity) }

    mutating func literal(_ markup: StaticString) { out.append(literal: markup) }

    mutating func number(_ value: Int64) { out.append(decimal: Int(value)) }

    /// Text between tags, or in an attribute's value between quotes.
    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { Self.escape(UnsafeRawBufferPointer($0), into: &out) }
    }

    /// An icon of the sprite.
    mutating func icon(_ name: String) {
        out.append(literal: "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"")
        out.append(StaticAssets.icons.path)
        out.append(literal: "#")
        text(name)
        out.append(literal: "\"></use></svg>")
    }

    /// Something that has been written before.
    mutating func html(_ html: HTML) { out.append(html.description) }

    consuming func finish() -> HTML { HTML(String(decoding: out.bytes, as: UTF8.self)) }

    /// Byte by byte: a quote with a combining mark behind it is one character to a person and a quote to a browser.
    private static func escape(_ bytes: UnsafeRawBufferPointer, into out: inout ByteWriter) {
        var start = 0
        for index in bytes.indices {
            guard let replacement = replacement(bytes[index]) else { continue }
            out.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            out.append(literal: replacement)
            start = index + 1
        }
        out.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
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
