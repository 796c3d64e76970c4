import HTTPTypes
import NIOCore

/// Renders pages: templates, which escape everything they are given, inside one layout.
enum Page {
    /// Nothing from elsewhere, no inline script or style, no framing, forms only to ourselves (CSP level 3).
    private static let policy =
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

    private static let library: TemplateLibrary = {
        do {
            return try TemplateLibrary(PageTemplates.sources.map { ($0.name, source($0.text)) })
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// Reads all templates, which takes some 40 ms: before a worker is ready, not while the first visitor of it waits, and
    /// everybody else with him.
    static func readTemplates() { _ = library }

    /// A template's text with the addresses of files in place, which are the same on every page.
    private static func source(_ bytes: [UInt8]) -> [UInt8] {
        let text = fixed.reduce(String(decoding: bytes, as: UTF8.self)) {
            $0.replacing("{{\($1.name)}}", with: $1.value)
        }
        return Array(text.utf8)
    }

    private static let fixed: [(name: String, value: String)] = [
        ("stylesheet", StaticAssets.stylesheet.path), ("script", StaticAssets.script.path),
        ("icons", StaticAssets.icons.path), ("favicon", StaticAssets.favicon.path),
    ]

    /// A part of a page, to be put where a template has three braces.
    static func fragment(_ template: String, _ exchange: Exchange, _ values: [String: Any]) -> HTML {
        var values = values
        if let visit = exchange.visit { addKeys(visit, &values) }
        guard let html = library.fragment(template, values) else {
            preconditionFailure("there is no template \(template)")
        }
        return html
    }

    /// What every form carries: the session's token, and a key by which a second post of it is known.
    private static func addKeys(_ visit: Visit, _ values: inout [String: Any]) {
        values["csrf_token"] = CSRFToken.masked(visit.csrfToken)
        values["request_key"] = RandomText.urlSafe(bytes: 16)
    }

    /// - Parameters:
    ///   - title: of the page; the layout adds the product's name.
    ///   - frame: the timer; nil = none is shown, as on pages that have to answer without the database.
    ///   - place: what the menu marks as the current one.
    ///   - values: what the template asks for besides the layout's own.
    static func render(
        _ template: String, title: String, _ exchange: Exchange, app: Application, frame: Frame? = nil,
        place: Navigation? = nil, status: HTTPResponse.Status = .ok, _ values: consuming [String: Any] = [:]
    ) -> Reply {
        values["title"] = title
        values["app_version"] = app.version
        if let visit = exchange.visit {
            addKeys(visit, &values)
            if let flash = visit.flash {
                values["flash"] = flash.text
                values["flash_class"] = flash.isProblem ? "problem" : "notice"
                values["flash_role"] = flash.isProblem ? "alert" : "status"
                exchange.setCookie(Flash.cookieName, "", maxAge: 0, app.web)
            }
            if let user = visit.user { addUser(user, frame, place, exchange, app, &values) }
        }
        guard let html = library.render(template, values) else {
            preconditionFailure("there is no template \(template)")
        }
        var reply = Reply(status: status, body: html)
        reply.contentType = "text/html; charset=utf-8"
        // Every page names its user or carries a token of its session.
        reply.headers = [("content-security-policy", policy), ("cache-control", "no-store")]
        return reply
    }

    private static func addUser(
        _ user: SessionUser, _ frame: Frame?, _ place: Navigation?, _ exchange: Exchange, _ app: Application,
        _ values: inout [String: Any]
    ) {
        let settings = app.settings.lastKnown
        let principal = user.principal
        values["user"] = ["name": principal.displayName, "is_admin": principal.isAdmin] as [String: Any]
        values["menu_html"] = Navigation.html(for: principal, settings, current: place?.path)
        values["zone"] = PersonFormat(settings, user).zone
        let back = LocalPath.checked(exchange.isRead ? exchange.target : place?.path) ?? "/dashboard"
        if values["back"] == nil { values["back"] = back }
        values["back_encoded"] = PercentEncoding.encode(back)
        let timerBack = values["timer_back"] as? String ?? back
        values["can_write"] = principal.isWriter
        values["asks_when_idle"] = user.asksWhenIdle
        if let theme = user.theme { values["theme"] = theme }
        if let frame { values["timer"] = frame.values(back: timerBack, canWrite: principal.isWriter) }
    }

    /// A refusal as a page.
    static func refusal(_ reply: Reply, _ exchange: Exchange, app: Application) -> Reply {
        let (title, text) =
            switch reply.status.code {
            case 400: ("Bad request", "The request could not be understood.")
            case 403: ("No access", "You are not allowed to see this page.")
            case 404: ("Not found", "There is no page at this address.")
            case 405: ("Not possible", "This address does not accept what was sent to it.")
            case 413: ("Too large", "What was sent is larger than this page takes.")
            case 429: ("Too many attempts", "Please wait a minute and try again.")
            case 503: ("Unavailable", "The server is busy or recovering. Please try again in a moment.")
            default: ("Something went wrong", "The server could not answer. The error has been logged.")
            }
        var page = render(
            "error", title: title, exchange, app: app, status: reply.status,
            ["text": text, "request_id": exchange.requestID])
        page.headers += reply.headers
        return page
    }

    /// What a form whose token has expired gets: all that was typed, ready to be sent again with a fresh token. Nothing has
    /// been carried out.
    static func expired(_ form: FormBody, _ exchange: Exchange, app: Application) -> Reply {
        let words = { (name: String) in String(decoding: name.utf8.map { $0 == 0x5F ? 0x20 : $0 }, as: UTF8.self) }
        let own: Set<String> = [CSRFToken.fieldName, "request_key"]
        let kept = form.pairs.filter { !own.contains($0.name) }
        return render(
            "expired", title: "Form expired", exchange, app: app, status: .unprocessableContent,
            [
                "action": exchange.path,
                "kept": kept.map { ["name": $0.name, "value": $0.value] },
                "shown": kept.filter { !$0.value.isEmpty && !["back", "seen"].contains($0.name) }.map {
                    ["name": words($0.name), "value": $0.value]
                },
            ])
    }
}

extension Call {
    /// A page of somebody who has signed in.
    func page(
        _ template: String, title: String, _ place: Navigation?, _ frame: Frame, status: HTTPResponse.Status = .ok,
        _ values: consuming [String: Any] = [:]
    ) -> Reply {
        Page.render(
            template, title: title, exchange, app: app, frame: frame, place: place, status: status, values)
    }
}
