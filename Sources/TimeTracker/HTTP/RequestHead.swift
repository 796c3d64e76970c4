import HTTPTypes

/// How long a request is, as its head tells (RFC 9112 §6.3).
enum RequestFraming: Equatable {
    /// Bytes; 0 = no body.
    case length(Int)
    case chunked
}

/// The head of a request as it came over the wire (RFC 9112 §2): well formed, and nothing more is known of it.
struct RequestHead {
    var method: HTTPRequest.Method
    /// Path and query, or an absolute URI (RFC 9112 §3.2): ASCII without controls and blanks.
    var target: RawText
    /// HTTP/1.0, which knows no chunks, no interim responses and no persistence unless asked for.
    var isHTTP10 = false
    var headers: RequestHeaders
    var framing = RequestFraming.length(0)

    /// What stands for a head that could not be read.
    static let unreadable = RequestHead(method: .get, target: "", headers: .none)

    /// Whether the connection outlives the request (RFC 9112 §9.3): HTTP/1.1 persists unless a `Connection` token says
    /// `close`; HTTP/1.0 only with `keep-alive`. Tokens are case-insensitive and may stand in lists. An offer to upgrade
    /// is answered in HTTP/1.1 and ends the connection, because what follows it may be no HTTP.
    var persists: Bool {
        var keepsAlive = false
        for name in headers.list(name: "connection") {
            switch name.asciiLowercased {
            case "close", "upgrade": return false
            case "keep-alive": keepsAlive = true
            default: break
            }
        }
        return !isHTTP10 || keepsAlive
    }

    /// Whether the client waits for `100 Continue` (RFC 9110 §10.1.1); one of HTTP/1.0 can't understand it.
    var expectsContinue: Bool {
        guard !isHTTP10, let value = headers.first(name: "expect") else { return false }
        return value.asciiLowercased == "100-continue"
    }
}
