import HTTPTypes
import NIOHTTP1

/// What a request's head must be before anybody acts on it (RFC 9112 §3.2, §6.1), where the parser is lenient.
enum RequestHeadCheck {
    /// Bytes of a request target (RFC 9112 §3 wants 8,000 at least).
    static let longestTarget = 16 * 1024

    /// - Returns: why the request is refused; nil when it is well formed.
    static func problem(_ head: HTTPRequestHead) -> APIError? {
        let headers = RequestHeaders(head.headers)
        let target = RawText(head.uri)
        guard target.byteCount <= longestTarget else { return .targetTooLong }
        // A URI is ASCII (RFC 3986 §2); so paths can be compared without a thought.
        guard target.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), isTarget(target) else { return .malformedRequest }
        let hosts = headers["host"]
        guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0), hosts.allSatisfy(isHost) else {
            return .malformedRequest
        }
        return codingProblem(headers.list(name: "transfer-encoding"), head)
    }

    /// A path, an absolute URI of a proxy's request, or `*`.
    private static func isTarget(_ target: RawText) -> Bool {
        target.hasPrefix("/") || target == "*" || target.contains("://")
    }

    /// `host` or `host:port` (RFC 9110 §7.2, RFC 3986 §3.2.2); empty when the target has no authority.
    static func isHost(_ value: RawText) -> Bool {
        guard value.byteCount <= 300 else { return false }
        var host = value
        if value.hasPrefix("[") {
            let parts = value.split(UInt8(ascii: "]"), most: 2)
            guard parts.count == 2, parts[0].dropFirst(1).bytes.allSatisfy(isAddressByte) else { return false }
            return parts[1].isEmpty || isPort(parts[1])
        }
        let parts = value.split(UInt8(ascii: ":"), most: 2)
        host = parts[0]
        guard parts.count == 1 || isPort(RawText(":" + parts[1].unchecked)) else { return false }
        return host.bytes.allSatisfy(isHostByte)
    }

    private static func isPort(_ text: RawText) -> Bool {
        guard text.hasPrefix(":") else { return false }
        let digits = text.dropFirst(1)
        guard !digits.isEmpty else { return true }
        return digits.byteCount <= 5 && digits.bytes.allSatisfy { (0x30...0x39).contains($0) }
            && UInt16(digits.unchecked) != nil
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

    /// One coding is known, `chunked`, and HTTP/1.0 knows none.
    private static func codingProblem(_ codings: [RawText], _ head: HTTPRequestHead) -> APIError? {
        guard !codings.isEmpty else {
            return head.headers.contains(name: "transfer-encoding") ? .malformedRequest : nil
        }
        guard head.version != .http1_0, !head.headers.contains(name: "content-length") else { return .malformedRequest }
        return codings.count == 1 && codings[0].asciiLowercased == "chunked" ? nil : .unknownTransferCoding
    }

    /// How much body follows.
    static func framing(_ head: HTTPRequestHead) -> RequestFraming {
        if head.headers.contains(name: "transfer-encoding") { return .chunked }
        return .length(head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0)
    }
}

extension APIError {
    fileprivate static let targetTooLong = APIError(.uriTooLong, "uri_too_long", "The request target is too long")
    fileprivate static let unknownTransferCoding = APIError(
        .notImplemented, "not_implemented", "Unknown transfer coding", message: "Only chunked is supported")
}
