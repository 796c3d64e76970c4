import HTTPTypes
import NIOCore

/// Writes a response as bytes: status line, header lines and body in one buffer (RFC 9112 §4, §5).
enum ResponseHead {
    /// `HTTP/1.1 100 Continue` (RFC 9110 §15.2.1).
    static let `continue` = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// Above this a body is written as a buffer of its own instead of being copied behind the head.
    private static let copyLimit = 64 * 1024

    static func serialise(
        _ reply: Reply, exchange: Exchange, keepAlive: Bool
    ) -> [ByteBuffer] {
        let body = reply.body
        let hasBody = exchange.method != .head && reply.status.allowsBody
        let copies = hasBody && body.readableBytes <= copyLimit
        var out = ByteBufferAllocator().buffer(
            capacity: 1024 + exchange.headerLines.readableBytes + (copies ? body.readableBytes : 0))
        out.writeStaticString("HTTP/1.1 ")
        out.writeInteger3(reply.status.code)
        out.writeStaticString(" ")
        out.writeString(reply.status.reasonPhrase)
        out.writeStaticString("\r\n")
        for field in reply.headers {
            out.writeString(field.name)
            out.writeStaticString(": ")
            out.writeString(field.value)
            out.writeStaticString("\r\n")
        }
        if reply.status.allowsBody {
            out.writeStaticString("content-type: ")
            out.writeStaticString(reply.contentType)
            out.writeStaticString("\r\ncontent-length: ")
            out.writeString(String(body.readableBytes))
            out.writeStaticString("\r\n")
        }
        writeStanding(exchange, keepAlive: keepAlive, to: &out)
        out.writeStaticString("\r\n")
        guard hasBody else { return [out] }
        if copies {
            out.writeImmutableBuffer(body)
            return [out]
        }
        return [out, body]
    }

    /// The lines every reply carries.
    private static func writeStanding(_ exchange: Exchange, keepAlive: Bool, to out: inout ByteBuffer) {
        out.writeStaticString("date: ")
        HTTPDate.write(WallClock.unixSeconds(), to: &out)
        out.writeStaticString("\r\nx-request-id: ")
        out.writeString(exchange.requestID)
        out.writeStaticString("\r\n")
        SecurityHeaders.write(exchange, to: &out)
        if exchange.isAPIv1 { CORSHeaders.write(exchange, to: &out) }
        out.writeImmutableBuffer(exchange.headerLines)
        // Said in both cases: an HTTP/1.0 client that asked for keep-alive needs to hear it (RFC 9112 §9.3).
        out.writeStaticString(keepAlive ? "connection: keep-alive\r\n" : "connection: close\r\n")
    }
}

extension HTTPResponse.Status {
    /// 1xx, 204 and 304 have neither body nor `Content-Length` (RFC 9110 §8.6).
    var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }
}

extension ByteBuffer {
    /// Three decimal digits, as a status code needs.
    fileprivate mutating func writeInteger3(_ value: Int) {
        writeInteger(UInt8(0x30 + value / 100 % 10))
        writeInteger(UInt8(0x30 + value / 10 % 10))
        writeInteger(UInt8(0x30 + value % 10))
    }
}
