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
        out.append(escaped: text)
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
    mutating func html(_ html: HTML) { html.bytes.withUnsafeBytes { out.append($0) } }

    consuming func finish() -> HTML { HTML(bytes: out.bytes) }
}
