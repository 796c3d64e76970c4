import HTTPTypes
import NIOCore

extension Exchange {
    /// Path and query, as sent.
    var target: String { rawQuery.isEmpty ? path : "\(path)?\(rawQuery)" }

    /// Whether the caller is a script: refusals are then JSON instead of pages and redirects.
    var wantsJSON: Bool {
        if path.hasPrefix("/api/") || method == .delete || headers.contains(name: CSRFToken.headerName) { return true }
        if MediaType.isJSON(headers.first(name: "content-type")) { return true }
        guard let accept = headers.first(name: "accept") else { return false }
        return accept.contains("application/json") && !accept.contains("text/html")
    }

    /// The body of a form post; empty when the body is something else.
    ///
    /// - Throws: ``APIError`` 400 for a form that no page of ours sends.
    var form: FormBody {
        get throws {
            guard let type = headers.first(name: "content-type"),
                MediaType.name(type) == "application/x-www-form-urlencoded", let body
            else { return try FormBody("") }
            return try FormBody(RawText(String(buffer: body)))
        }
    }

    func setCookie(_ name: String, _ value: String, maxAge: Int?, _ web: WebServices) {
        addHeader(
            "set-cookie",
            Cookies.set(name, value, maxAge: maxAge, isSecure: web.cookiesAreSecure ?? isSecure))
    }

    /// Remembered sessions outlive the browser; others end with it, or with their lifetime at the server.
    func setSession(_ id: SessionID, _ web: WebServices) {
        setCookie(
            SessionCookie.name, id.text, maxAge: id.isRemembered ? web.sessions.lifetime(of: id) : nil, web)
    }

    func setFlash(_ flash: Flash, _ web: WebServices) {
        setCookie(Flash.cookieName, flash.rawValue, maxAge: 60, web)
    }
}

extension Call {
    var visit: Visit {
        guard let visit = exchange.visit else { preconditionFailure("\(exchange.path) is no browser route") }
        return visit
    }
}

extension Reply {
    /// 302, which browsers follow with GET.
    static func redirect(to path: String) -> Reply {
        var reply = Reply(status: .found)
        reply.contentType = "text/html; charset=utf-8"
        reply.headers = [("location", path), ("cache-control", "no-store")]
        return reply
    }
}
