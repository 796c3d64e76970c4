/// Reads comma-separated values row by row (RFC 4180), leniently: rows may end with CRLF, LF or CR, may be shorter than
/// the header, and a quote inside an unquoted field stands for itself. A file with one bad row still gives its other rows.
///
/// Works on bytes and holds one row at a time; SwiftCSV keeps all rows as dictionaries and refuses the whole file at the
/// first stray quote, which a row-by-row import can't use.
struct CSVReader: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0

    /// Fields of a row that are kept; what follows is read and forgotten.
    private static let maxFields = 200
    private static let quote = UInt8(ascii: "\"")
    private static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A

    /// - Parameter bytes: the text; invalid UTF-8 becomes replacement characters, a byte order mark is skipped.
    init(_ bytes: [UInt8], delimiter: UInt8? = nil) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        self.delimiter = delimiter ?? Self.detect(self.bytes)
    }

    /// A comma, unless the first line has none and has semicolons or tabs.
    private static func detect(_ bytes: [UInt8]) -> UInt8 {
        let line = bytes.prefix { $0 != lineFeed && $0 != carriageReturn }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.first { line.contains($0) } ?? candidates[0]
    }

    /// The next row's fields, without the line's end; nil at the end of the text.
    mutating func next() -> [String]? {
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            let field = field()
            if fields.count < Self.maxFields { fields.append(field) }
            guard position < bytes.count else { return fields }
            let byte = bytes[position]
            position += 1
            if byte == delimiter { continue }
            if byte == Self.carriageReturn, position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
            return fields
        }
    }

    /// Leaves the position at the delimiter, the line's end, or the text's.
    private mutating func field() -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return plain() }
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != Self.quote {
                content.append(byte)
            } else if position < bytes.count, bytes[position] == Self.quote {
                content.append(byte)
                position += 1
            } else {
                break
            }
        }
        return text(content[...]) + plain()
    }

    private mutating func plain() -> String {
        let start = position
        while position < bytes.count, bytes[position] != delimiter, bytes[position] != Self.lineFeed,
            bytes[position] != Self.carriageReturn
        {
            position += 1
        }
        return text(bytes[start..<position])
    }

    /// PostgreSQL's text can't hold NUL; it goes the way of other bad bytes.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.isEmpty ? "" : RawText(decoding: bytes).withoutNUL.unchecked
    }
}
