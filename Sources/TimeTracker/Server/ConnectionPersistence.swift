import NIOHTTP1

/// Whether a connection outlives a request, and whether its client waits for `100 Continue`.
enum ConnectionPersistence {
    /// RFC 9112 §9.3: HTTP/1.1 persists unless a `Connection` token says `close`; HTTP/1.0 only with `keep-alive`.
    /// Tokens are case-insensitive and may stand in lists. An upgrade offer is answered in HTTP/1.1 and ends the
    /// connection, because the parser stops after it.
    static func survives(_ head: HTTPRequestHead) -> Bool {
        var keepAlive = false
        for name in RequestHeaders(head.headers).list(name: "connection") {
            switch name.asciiLowercased {
            case "close", "upgrade": return false
            case "keep-alive": keepAlive = true
            default: break
            }
        }
        return head.version != .http1_0 || keepAlive
    }

    /// RFC 9110 §10.1.1; an HTTP/1.0 client can't understand interim responses.
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        guard head.version != .http1_0, let value = RequestHeaders(head.headers).first(name: "expect") else {
            return false
        }
        return value.asciiLowercased == "100-continue"
    }
}
