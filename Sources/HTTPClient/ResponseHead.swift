/// The fields of a response's head, read line by line as libcurl hands them over. Pure.
struct ResponseHead {
    private let maxBytes: Int
    private var byteCount = 0
    private var hasEnded = false
    private(set) var fields: [(name: [UInt8], value: [UInt8])] = []
    private(set) var isTooLong = false

    /// - Parameter maxBytes: of all heads of the response together, interim ones included.
    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// Takes one line, with its end.
    /// - Returns: false when the head has become too long.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        isTooLong = byteCount > maxBytes
        guard !isTooLong else { return false }
        let text = Self.trim(line[...])
        if line.starts(with: "HTTP/".utf8) {
            // What came before was an interim response (RFC 9110 §15.2).
            fields = []
            hasEnded = false
        } else if text.isEmpty {
            hasEnded = true
        } else if !hasEnded {
            // Fields after the body (trailers) are left out.
            add(text, isContinuation: line.first == 0x20 || line.first == 0x09)
        }
        return true
    }

    private mutating func add(_ text: Slice<UnsafeRawBufferPointer>, isContinuation: Bool) {
        if isContinuation {
            // An obsolete folded line (RFC 9112 §5.2).
            guard let last = fields.indices.last else { return }
            fields[last].value += [0x20] + text
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            fields.append((Array(text[..<colon]), Array(Self.trim(text[text.index(after: colon)...]))))
        }
    }

    private static func trim(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
