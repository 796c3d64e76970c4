import HTTPTypes

/// Cross-origin access to `/api/v1` for browser clients (Fetch standard; behaviour.md §1.5). Tokens travel in headers,
/// so any origin may call and credentials are never allowed.
enum CORSHeaders {
    static let allowedMethods: StaticString = "GET, POST, PUT, PATCH, DELETE, OPTIONS"

    private static let fixed: StaticString = """
        access-control-allow-methods: GET, POST, PUT, PATCH, DELETE, OPTIONS\r
        access-control-allow-headers: Authorization, Content-Type, Accept, X-Request-ID, X-API-Key, Idempotency-Key, If-Match, If-None-Match\r
        access-control-expose-headers: X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, \
        RateLimit-Policy, Retry-After, Idempotency-Replayed, X-Request-ID, ETag\r
        vary: Origin\r

        """

    static func write(_ exchange: Exchange, to out: inout ByteWriter) {
        out.append(literal: "access-control-allow-origin: ")
        out.append(exchange.allowedOrigin)
        out.append(literal: "\r\n")
        out.append(literal: fixed)
    }
}

extension CORSHeaders {
    /// Answer to a preflight request; the other CORS fields are on every reply.
    static let preflight: Reply = {
        var reply = Reply(status: .noContent)
        reply.headers = [("access-control-max-age", "600")]
        return reply
    }()
}

extension Exchange {
    /// The origin that may read the reply. What is no serialised origin (RFC 6454 §6.2) is not echoed.
    fileprivate var allowedOrigin: String {
        guard let origin = headers.first(name: "origin")?.short, origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "*" }
        return origin
    }
}
