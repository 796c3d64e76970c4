/// A `multipart/form-data` body (RFC 7578), as far as one file needs it. Each byte is looked at a bounded number of times.
struct MultipartForm {
    /// RFC 2046 §5.1.1.
    private static let longestBoundary = 70
    /// Bytes of a part's own header fields.
    private static let longestHead = 4096

    private let body: [UInt8]
    private let delimiter: BytePattern

    init(_ body: [UInt8], boundary: RawText) {
        self.body = body
        delimiter = BytePattern(Array("--".utf8) + Array(boundary.bytes))
    }

    /// The boundary parameter of such a media type; nil for other types.
    static func boundary(in contentType: RawText) -> RawText? {
        guard MediaType.name(contentType) == "multipart/form-data" else { return nil }
        let parameters = contentType.split(UInt8(ascii: ";"), most: 10).dropFirst().map(\.withoutOptionalWhiteSpace)
        for parameter in parameters
        where parameter.dropLast(max(0, parameter.byteCount - 9)).asciiLowercased == "boundary=" {
            let value = unquoted(parameter.dropFirst(9))
            return (1...longestBoundary).contains(value.byteCount) ? value : nil
        }
        return nil
    }

    /// Content of the first part with this field name.
    func part(named name: RawText) -> [UInt8]? {
        var start = delimiter.firstIndex(in: body, from: 0)
        while let begin = start {
            let content = begin + delimiter.count
            guard let next = delimiter.firstIndex(in: body, from: content) else { return nil }
            // The line end before a delimiter belongs to it.
            let end = max(content, next - 2)
            if let split = headEnd(from: content, to: end) {
                let head = RawText(decoding: body[content..<split])
                if Self.fieldName(head) == name { return Array(body[min(split + 4, end)..<end]) }
            }
            start = next
        }
        return nil
    }

    /// Where the empty line after a part's header fields begins.
    private func headEnd(from start: Int, to end: Int) -> Int? {
        let last = min(end, start + Self.longestHead) - 4
        guard start <= last else { return nil }
        return (start...last).first {
            body[$0] == 0x0D && body[$0 + 1] == 0x0A && body[$0 + 2] == 0x0D && body[$0 + 3] == 0x0A
        }
    }

    private static func fieldName(_ head: RawText) -> RawText? {
        for line in head.split(0x0A) where line.trimmed.asciiLowercased.hasPrefix("content-disposition:") {
            for parameter in line.trimmed.split(UInt8(ascii: ";")).map(\.withoutOptionalWhiteSpace)
            where parameter.asciiLowercased.hasPrefix("name=") {
                return unquoted(parameter.dropFirst(5))
            }
        }
        return nil
    }

    private static func unquoted(_ value: RawText) -> RawText {
        value.hasPrefix("\"") ? value.dropFirst(1).split(UInt8(ascii: "\""), most: 2)[0] : value
    }
}

/// Finds a run of bytes in time that grows with the text alone, whatever either of them is (Knuth, Morris, Pratt 1977).
struct BytePattern {
    private let bytes: [UInt8]
    /// For each prefix the length of its longest proper suffix that is a prefix too.
    private let fallback: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var fallback = [Int](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = fallback[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            fallback[index] = length
        }
        self.fallback = fallback
    }

    var count: Int { bytes.count }

    /// Where it begins first at or behind `start`.
    func firstIndex(in text: [UInt8], from start: Int) -> Int? {
        var length = 0
        var index = start
        while index < text.count {
            while length > 0, text[index] != bytes[length] { length = fallback[length - 1] }
            if text[index] == bytes[length] { length += 1 }
            index += 1
            if length == bytes.count { return index - length }
        }
        return nil
    }
}
