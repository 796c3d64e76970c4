import HTTPTypes

/// Reads the head of a request strictly (RFC 9112 §2-§6): what two servers might read in two ways is refused.
///
/// Lines end with CR LF, names and the method are tokens, nothing stands before a field's colon, no field is folded, a
/// length is told once and in digits, and `chunked` is the only coding.
struct RequestHeadParser {
    /// Bytes of a request target (RFC 9112 §3 wants 8,000 at least).
    static let longestTarget = 16 * 1024
    /// Header fields of a request.
    static let mostFields = 256
    private static let longestMethod = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var isHTTP10 = false
    private var method = 0..<0
    private var target = 0..<0
    private var fields: [RequestHeaders.Field] = []

    /// - Parameter bytes: a head with the empty line that ends it.
    /// - Throws: ``HTTPRefusal`` 400, 414, 431 or 501.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) -> RequestHead {
        // What is no UTF-8 becomes U+FFFD before anything is looked at, so that all offsets are of this text.
        var text = String(decoding: bytes, as: UTF8.self)
        text.makeContiguousUTF8()
        let read = text.utf8.withContiguousStorageIfAvailable { bytes -> Result<RequestHeadParser, HTTPRefusal> in
            var parser = RequestHeadParser(bytes: bytes)
            do throws(HTTPRefusal) {
                try parser.read()
                return .success(parser)
            } catch {
                return .failure(error)
            }
        }
        guard let read else { throw .malformedRequest }
        return try read.get().head(of: text)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        fields.reserveCapacity(16)
    }

    // MARK: Lines

    private mutating func read() throws(HTTPRefusal) {
        try readRequestLine()
        while index < bytes.count, bytes[index] != 0x0D { try readField() }
        try expectLineEnd()
    }

    private mutating func readRequestLine() throws(HTTPRefusal) {
        let start = index
        while index < bytes.count, TokenBytes.contain(bytes[index]) { index += 1 }
        method = start..<index
        guard !method.isEmpty, method.count <= Self.longestMethod, take(0x20) else { throw .malformedRequest }
        let targetStart = index
        // A URI is ASCII (RFC 3986 §2); so paths can be compared without a thought.
        while index < bytes.count, bytes[index] > 0x20, bytes[index] < 0x7F { index += 1 }
        target = targetStart..<index
        guard target.count <= Self.longestTarget else { throw .targetTooLong }
        guard isTarget, take(0x20), index + 8 <= bytes.count else { throw .malformedRequest }
        for byte in "HTTP/1.".utf8 { guard take(byte) else { throw .malformedRequest } }
        guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { throw .malformedRequest }
        isHTTP10 = bytes[index] == 0x30
        index += 1
        try expectLineEnd()
    }

    private mutating func readField() throws(HTTPRefusal) {
        let nameStart = index
        while index < bytes.count, TokenBytes.contain(bytes[index]) { index += 1 }
        let nameEnd = index
        guard nameEnd > nameStart, take(0x3A) else { throw .malformedRequest }
        while index < bytes.count, isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        while index < bytes.count, bytes[index] >= 0x20 && bytes[index] != 0x7F || bytes[index] == 0x09 { index += 1 }
        var valueEnd = index
        while valueEnd > valueStart, isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        try expectLineEnd()
        guard fields.count < Self.mostFields else { throw .headerFieldsTooLarge }
        fields.append(
            RequestHeaders.Field(
                nameStart: UInt32(truncatingIfNeeded: nameStart), nameEnd: UInt32(truncatingIfNeeded: nameEnd),
                valueStart: UInt32(truncatingIfNeeded: valueStart), valueEnd: UInt32(truncatingIfNeeded: valueEnd)))
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func expectLineEnd() throws(HTTPRefusal) {
        guard take(0x0D), take(0x0A) else { throw .malformedRequest }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A path, an absolute URI of a proxy's request, or `*`.
    private var isTarget: Bool {
        guard let first = bytes[target].first else { return false }
        if first == UInt8(ascii: "/") { return true }
        if target.count == 1 { return first == UInt8(ascii: "*") }
        let start = RawText(decoding: bytes[target].prefix(8)).asciiLowercased
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    // MARK: What the lines say together

    private func head(of text: String) throws(HTTPRefusal) -> RequestHead {
        let headers = RequestHeaders(text: text, fields: fields)
        let name = RawText(text, from: method.lowerBound, to: method.upperBound).unchecked
        guard let method = HTTPRequest.Method(rawValue: name) else { throw .malformedRequest }
        var head = RequestHead(
            method: method, target: RawText(text, from: target.lowerBound, to: target.upperBound), isHTTP10: isHTTP10,
            headers: headers)
        let hosts = headers["host"]
        guard hosts.count == 1 || (hosts.isEmpty && isHTTP10), hosts.allSatisfy(HostField.isValid) else {
            throw .malformedRequest
        }
        head.framing = try framing(headers)
        return head
    }

    /// One coding is known, `chunked`, and HTTP/1.0 knows none.
    private func framing(_ headers: RequestHeaders) throws(HTTPRefusal) -> RequestFraming {
        let lengths = headers["content-length"]
        guard headers.contains(name: "transfer-encoding") else {
            guard let length = lengths.first else { return .length(0) }
            guard lengths.count == 1, !length.isEmpty, length.bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw .malformedRequest
            }
            // What no number holds is larger than any limit.
            return .length(Int(length.unchecked) ?? .max)
        }
        let codings = headers.list(name: "transfer-encoding")
        guard !codings.isEmpty, !isHTTP10, lengths.isEmpty else { throw .malformedRequest }
        guard codings.count == 1, codings[0].asciiLowercased == "chunked" else { throw .unknownTransferCoding }
        return .chunked
    }
}

/// The bytes of a token (RFC 9110 §5.6.2).
enum TokenBytes {
    // A bit for each byte, as literals, since a table that is made at first use would be asked for anew with each byte.
    private static let below64: UInt64 = 0x03FF_6CFA_0000_0000
    private static let above63: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    static func contain(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return (byte < 64 ? below64 : above63) >> UInt64(byte & 63) & 1 == 1
    }
}

/// The value of a `Host` field.
enum HostField {
    /// `host` or `host:port` (RFC 9110 §7.2, RFC 3986 §3.2.2); empty when the target has no authority.
    static func isValid(_ value: RawText) -> Bool {
        guard value.byteCount <= 300 else { return false }
        return value.withBytes { bytes in
            guard bytes.first == UInt8(ascii: "[") else {
                let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
                return bytes[..<end].allSatisfy(isHostByte) && isPort(bytes[end...])
            }
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            return bytes[1..<end].allSatisfy(isAddressByte) && isPort(bytes[(end + 1)...])
        }
    }

    /// Nothing, or a colon and perhaps a number.
    private static func isPort(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5 else { return false }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return false }
            number = number * 10 + Int(digit - 0x30)
        }
        return number <= UInt16.max
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        HexDigit.value(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"): true
        default: false
        }
    }
}
