/// Reads comma-separated values row by row (RFC 4180), leniently: rows may end with CRLF, LF or CR, may be shorter than
/// the header, and a quote inside an unquoted field stands for itself. A quote that is never closed spoils its row alone:
/// a file with one bad row still gives its other rows.
///
/// Works on bytes and holds one row at a time; SwiftCSV keeps all rows as dictionaries and refuses the whole file at the
/// first stray quote, which a row-by-row import can't use.
struct CSVReader: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0
    /// Whether a quote opens in the row that was read last and is never closed. The row ends with its line then.
    private(set) var isUnclosed = false

    /// Fields of a row that are kept; what follows is read and forgotten.
    private static let maxFields = 200
    private static let quote = UInt8(ascii: "\"")
    private static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A

    /// - Parameter bytes: the text; invalid UTF-8 becomes replacement characters. A byte order mark is skipped, and so is
    ///   a first line `sep=;`, with which spreadsheet programs tell each other the delimiter.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let line = bytes[position...].prefix { $0 != Self.lineFeed && $0 != Self.carriageReturn }
        if line.count == 5, line.prefix(3).elementsEqual("sep".utf8, by: { $0 | 0x20 == $1 }),
            line[position + 3] == UInt8(ascii: "="), line[position + 4] != Self.quote
        {
            delimiter = line[position + 4]
            position = line.endIndex
            skipLineEnd()
        } else {
            delimiter = Self.detect(line)
        }
    }

    /// A comma, unless the first line has none and has semicolons or tabs.
    private static func detect(_ line: ArraySlice<UInt8>) -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.first { line.contains($0) } ?? candidates[0]
    }

    /// The next row's fields, without the line's end; nil at the end of the text.
    mutating func next() -> [String]? {
        guard position < bytes.count else { return nil }
        isUnclosed = false
        var fields: [String] = []
        while true {
            let field = field()
            if fields.count < Self.maxFields { fields.append(field) }
            guard position < bytes.count else { return fields }
            if bytes[position] == delimiter {
                position += 1
                continue
            }
            skipLineEnd()
            return fields
        }
    }

    private mutating func skipLineEnd() {
        guard position < bytes.count else { return }
        position += 1
        if bytes[position - 1] == Self.carriageReturn, position < bytes.count, bytes[position] == Self.lineFeed {
            position += 1
        }
    }

    /// Leaves the position at the delimiter, the line's end, or the text's.
    private mutating func field() -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return plain() }
        position += 1
        let start = position
        guard let (end, isPlain) = closingQuote() else {
            isUnclosed = true
            while position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
            return text(bytes[start..<position])
        }
        position = end + 1
        if isPlain { return text(bytes[start..<end]) + plain() }
        var content: [UInt8] = []
        content.reserveCapacity(end - start)
        var index = start
        while index < end {
            content.append(bytes[index])
            index += bytes[index] == Self.quote ? 2 : 1
        }
        return text(content[...]) + plain()
    }

    /// Where the quoted field that begins at the position ends, and whether it has no quote in it; nil when it doesn't end.
    ///
    /// A quote in a later line behind which no field ends is one that opens a field there. Up to it all quotes come in pairs,
    /// which are fields of their own for whoever reads these lines again, so a text is read at most twice.
    private func closingQuote() -> (end: Int, isPlain: Bool)? {
        var index = position
        var isPlain = true
        var hasLineEnd = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isLineEnd(byte) { hasLineEnd = true }
            guard byte == Self.quote else { continue }
            if index < bytes.count, bytes[index] == Self.quote {
                isPlain = false
                index += 1
            } else {
                let isEnd =
                    index == bytes.count || bytes[index] == delimiter || bytes[index] == 0x20 || isLineEnd(bytes[index])
                return isEnd || !hasLineEnd ? (index - 1, isPlain) : nil
            }
        }
        return nil
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

    private mutating func plain() -> String {
        let start = position
        while position < bytes.count, bytes[position] != delimiter, !isLineEnd(bytes[position]) { position += 1 }
        return text(bytes[start..<position])
    }

    /// PostgreSQL's text can't hold NUL; it goes the way of other bad bytes.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.isEmpty ? "" : RawText(decoding: bytes).withoutNUL.unchecked
    }
}
