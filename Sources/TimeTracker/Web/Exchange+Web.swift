import HTTPTypes
import NIOCore

extension Exchange {
    /// Path and query, as sent.
    var target: String { rawQuery.isEmpty ? path : "\(path)?\(rawQuery)" }

    /// The body of a form post; empty when the body is something else.
    ///
    /// - Throws: ``APIError`` 400 for a form that no page of ours sends, ``HTTPRefusal`` 413 for one larger than any: a
    ///   route that takes files takes no forms of that size.
    var form: FormBody {
        get throws {
            guard let type = headers.first(name: "content-type"),
                MediaType.name(type) == "application/x-www-form-urlencoded", let body
            else { return try FormBody("") }
            guard body.readableBytes <= BodyLimit.longText else {
                throw HTTPRefusal.payloadTooLarge(limit: BodyLimit.longText)
            }
            return try FormBody(RawText(String(buffer: body)))
        }
    }

    /// The CSRF token of a form with a file, whose first field it is; what comes behind it is not looked at.
    var uploadToken: RawText? {
        guard let type = headers.first(name: "content-type"), let boundary = MultipartForm.boundary(in: type), let body
        else { return nil }
        let beginning = MultipartForm(Array(body.readableBytesView.prefix(1024)), boundary: boundary)
        return beginning.part(named: RawText(CSRFToken.fieldName)).map { RawText(decoding: $0) }
    }

    /// Whether the browser's own hop is https, so that cookies are for https only.
    private func hasSecureCookies(_ web: WebServices) -> Bool { web.cookiesAreSecure ?? isSecure }

    /// What a session keeps of its browser.
    var client: SessionStore.Client { SessionStore.Client(address: clientAddress, userAgent: userAgent) }

    /// The value of one of our cookies. Over https only the one with the prefix counts: a browser takes that from this very
    /// host over https, so neither a sibling host nor somebody on the line can have planted it.
    func cookie(_ name: String, _ web: WebServices) -> RawText? {
        cookies[Cookies.name(name, isSecure: hasSecureCookies(web))]
    }

    func setCookie(_ name: String, _ value: String, maxAge: Int?, _ web: WebServices) {
        let isSecure = hasSecureCookies(web)
        addHeader(
            "set-cookie",
            Cookies.set(Cookies.name(name, isSecure: isSecure), value, maxAge: maxAge, isSecure: isSecure))
    }

    /// What this device is known by to an account (``DeviceCookie``).
    func device(of account: String, _ web: WebServices) -> String? {
        web.devices.device(cookie(DeviceCookie.cookieName, web)?.short, of: account)
    }

    func setDevice(of account: String, _ web: WebServices) {
        let value = web.devices.value(cookie(DeviceCookie.cookieName, web)?.short, adding: account)
        setCookie(DeviceCookie.cookieName, value, maxAge: DeviceCookie.lifetime, web)
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
    /// 302: what is asked for is elsewhere, or needs sign-in first.
    static func redirect(to path: String) -> Reply { redirect(.found, path) }

    /// 303: a form was carried out, and this page shows what became of it.
    static func seeOther(_ path: String) -> Reply { redirect(.seeOther, path) }

    private static func redirect(_ status: HTTPResponse.Status, _ path: String) -> Reply {
        var reply = Reply(status: status)
        reply.contentType = "text/html; charset=utf-8"
        reply.headers = [("location", path), ("cache-control", "no-store")]
        return reply
    }
}
