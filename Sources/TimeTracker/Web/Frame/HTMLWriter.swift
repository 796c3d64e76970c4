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
    mutating func html(_ html: HTML) { html.withBytes { out.append($0) } }

    /// `09:30`, as ``PersonFormat/time(_:)`` says it.
    mutating func time(_ wall: Int64, _ format: PersonFormat) {
        guard !format.is12Hours else { return text(format.time(wall)) }
        let minutes = UInt(InstantFormat.split(wall).microseconds / 60_000_000)
        out.append(atMost: 5) { out in
            DecimalDigits.writeTwo(minutes / 60, to: out)
            out[2] = UInt8(ascii: ":")
            DecimalDigits.writeTwo(minutes % 60, to: out + 3)
            return 5
        }
    }

    /// `1:05`, as ``PersonFormat/duration(_:)`` says it.
    ///
    /// - Parameter seconds: not less than 0.
    mutating func duration(_ seconds: Int64) {
        let minutes = Int((seconds + 30) / 60)
        out.append(decimal: minutes / 60)
        out.append(literal: ":")
        out.append(atMost: 2) { out in
            DecimalDigits.writeTwo(UInt(minutes % 60), to: out)
            return 2
        }
    }

    consuming func finish() -> HTML { HTML(out) }
}
