import Glibc

/// The end of a head: an empty line (RFC 9112 §2.1).
enum HeadEnd {
    static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x0A }

    /// - Parameters:
    ///   - bytes: a head from its first byte, which is no line end.
    ///   - start: where to look from; what is before it has been looked at, but for the last three bytes.
    /// - Returns: length of the head with that line; nil when it has not come. A line that ends without CR counts too: the
    ///   parser refuses it then, instead of the client's waiting for an answer.
    static func find(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        // From line end to line end: a head of ten fields has 500 bytes.
        while index < bytes.count, let end = memchr(base + index, 0x0A, bytes.count - index) {
            index = UnsafeRawPointer(end) - base
            if index + 1 < bytes.count, bytes[index + 1] == 0x0A { return index + 2 }
            if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A { return index + 3 }
            index += 1
        }
        return nil
    }
}
