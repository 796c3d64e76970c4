import HTTPTypes
import NIOCore

/// Writes a response as bytes: status line, header lines and body in one buffer (RFC 9112 §4, §5).
enum ResponseHead {
    /// `HTTP/1.1 100 Continue` (RFC 9110 §15.2.1).
    static let `continue` = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// Above this a body stays in its own memory instead of being copied behind the head, which keeps small responses to
    /// pipelined requests together.
    private static let copyLimit = 16 * 1024

    /// Bytes of status line, standing lines and a few more; what is longer grows.
    private static let usualSize = 1152

    /// Room that the response needs, so that it is written without growing.
    static func size(of reply: Reply, _ exchange: Exchange) -> Int {
        usualSize + exchange.headerLines.count + (copies(reply, exchange) ? reply.body.readableBytes : 0)
    }

    private static func hasBody(_ reply: Reply, _ exchange: Exchange) -> Bool {
        exchange.method != .head && reply.status.allowsBody
    }

    private static func copies(_ reply: Reply, _ exchange: Exchange) -> Bool {
        hasBody(reply, exchange) && reply.body.readableBytes <= copyLimit
    }

    /// - Returns: a large body, to be sent behind what has been written.
    static func write(
        _ reply: Reply, exchange: Exchange, keepAlive: Bool, to out: inout ByteWriter
    ) -> ByteBuffer? {
        let body = reply.body
        out.append(literal: "HTTP/1.1 ")
        if reply.status.code == 200 {
            out.append(literal: "200 OK")
        } else {
            out.append(decimal: reply.status.code)
            out.append(literal: " ")
            out.append(reply.status.reasonPhrase)
        }
        out.append(literal: "\r\n")
        for field in reply.headers {
            out.append(field.name)
            out.append(literal: ": ")
            out.append(field.value)
            out.append(literal: "\r\n")
        }
        if reply.status.allowsBody {
            out.append(literal: "content-type: ")
            out.append(literal: reply.contentType)
            out.append(literal: "\r\n")
            // What goes on ends with the connection (RFC 9112 §6.3).
            if reply.opening == nil {
                out.append(literal: "content-length: ")
                out.append(decimal: body.readableBytes)
                out.append(literal: "\r\n")
            }
        }
        writeStanding(exchange, keepAlive: keepAlive, to: &out)
        out.append(literal: "\r\n")
        guard hasBody(reply, exchange) else { return nil }
        guard body.readableBytes <= copyLimit else { return body }
        body.withUnsafeReadableBytes { out.append($0) }
        return nil
    }

    /// The lines every reply carries.
    private static func writeStanding(_ exchange: Exchange, keepAlive: Bool, to out: inout ByteWriter) {
        out.append(literal: "date: ")
        HTTPDate.write(WallClock.unixSeconds(), to: &out)
        out.append(literal: "\r\nx-request-id: ")
        out.append(exchange.requestID)
        out.append(literal: "\r\n")
        SecurityHeaders.write(exchange, to: &out)
        if exchange.isAPIv1 { CORSHeaders.write(exchange, to: &out) }
        exchange.headerLines.withUnsafeBytes { out.append($0) }
        // Said in both cases: an HTTP/1.0 client that asked for keep-alive needs to hear it (RFC 9112 §9.3).
        out.append(literal: keepAlive ? "connection: keep-alive\r\n" : "connection: close\r\n")
    }
}

extension HTTPResponse.Status {
    /// 1xx, 204 and 304 have neither body nor `Content-Length` (RFC 9110 §8.6).
    var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }
}
