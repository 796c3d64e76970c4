/// The request target, which is a path and a query, or an absolute URI when a proxy sent it (RFC 9112 §3.2).
enum RequestTarget {
    /// Whether two slashes stand side by side. One slash at the end is none of that.
    static func hasEmptySegment(_ path: String) -> Bool {
        withBytes(path) { bytes in
            var previous: UInt8 = 0
            for byte in bytes {
                if byte == UInt8(ascii: "/"), previous == UInt8(ascii: "/") { return true }
                previous = byte
            }
            return false
        }
    }

    static func begins(_ path: String, with prefix: StaticString) -> Bool {
        withBytes(path) { bytes in
            bytes.count >= prefix.utf8CodeUnitCount
                && bytes.prefix(prefix.utf8CodeUnitCount).elementsEqual(
                    UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        }
    }

    /// The bytes themselves: going over a text's UTF-8 takes about 20 instructions a byte, and a path is looked at often.
    static func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = text
        return text.withUTF8(body)
    }

    static func split(_ target: RawText) -> (path: String, query: String) {
        if target.hasPrefix("/") { return splitPath(target) }
        var target = target
        if target.contains("://") {
            // `scheme://authority/path`: what follows the third slash.
            let parts = target.split(UInt8(ascii: "/"), most: 4)
            target = parts.count == 4 ? RawText("/" + parts[3].unchecked) : "/"
        }
        return splitPath(target)
    }

    private static func splitPath(_ target: RawText) -> (path: String, query: String) {
        let mark = target.withBytes { $0.firstIndex(of: UInt8(ascii: "?")) }
        guard let mark else { return (target.unchecked, "") }
        return (target.dropLast(target.byteCount - mark).unchecked, target.dropFirst(mark + 1).unchecked)
    }
}
