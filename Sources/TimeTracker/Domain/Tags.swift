/// Comma-separated tags.
enum Tags {
    /// Split on comma, trimmed, empties removed.
    static func split(_ text: String?) -> [String] {
        guard let text else { return [] }
        return text.utf8.split(separator: UInt8(ascii: ",")).map { trim(String(Substring($0))) }.filter { !$0.isEmpty }
    }

    /// Calls `body` with the UTF-8 of each tag, in the way of ``split(_:)`` but without making strings.
    static func forEach(in text: RowText?, _ body: (UnsafeRawBufferPointer) -> Void) {
        text?.withBytes { bytes in
            var start = 0
            for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: ",") {
                var low = start
                var high = index
                while low < high, isBlank(bytes[low]) { low += 1 }
                while low < high, isBlank(bytes[high - 1]) { high -= 1 }
                start = index + 1
                guard low < high else { continue }
                let tag = UnsafeRawBufferPointer(rebasing: bytes[low..<high])
                if tag[0] < 0x80, tag[tag.count - 1] < 0x80 {
                    body(tag)
                } else {
                    // White space beyond ASCII may stand at its ends.
                    let tag = RawText(decoding: tag).trimmed
                    if !tag.isEmpty { tag.withBytes(body) }
                }
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Without leading and trailing white space.
    static func trim(_ text: String) -> String {
        // Most texts begin and end with a plain ASCII letter or digit, which is cheaper to see than to ask Unicode about.
        guard let first = text.utf8.first, let last = text.utf8.last else { return text }
        if isPlain(first), isPlain(last) { return text }
        return RawText(text).trimmed.unchecked
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}
