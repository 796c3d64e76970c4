import HTTPTypes
import Mustache
import NIOCore

/// Renders pages: templates of `Web/Assets`, which escape everything they are given, inside one layout.
enum Page {
    /// Nothing from elsewhere, no inline script or style, no framing, forms only to ourselves (CSP level 3).
    private static let policy =
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

    private static let library: MustacheLibrary = {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in sources {
            do {
                templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
            } catch {
                preconditionFailure("template \(name): \(error)")
            }
        }
        return MustacheLibrary(templates: templates)
    }()

    /// The templates, parsed or not, for the test that parses them all.
    static let sources: [(String, [UInt8])] = [
        ("layout", PackageResources.layout_mustache), ("login", PackageResources.login_mustache),
        ("logout", PackageResources.logout_mustache), ("setup", PackageResources.setup_mustache),
        ("dashboard", PackageResources.dashboard_mustache), ("password", PackageResources.password_mustache),
        ("tokens", PackageResources.tokens_mustache), ("error", PackageResources.error_mustache),
    ]

    /// - Parameters:
    ///   - title: of the page; the layout adds the product's name.
    ///   - values: what the template asks for besides the layout's own.
    static func render(
        _ template: String, title: String, _ exchange: Exchange, app: Application,
        status: HTTPResponse.Status = .ok, _ values: [String: Any] = [:]
    ) -> Reply {
        var values = values
        values["title"] = title
        values["stylesheet"] = StaticAssets.stylesheet.path
        values["script"] = StaticAssets.script.path
        if let visit = exchange.visit {
            values["csrf_token"] = visit.csrfToken
            if let flash = visit.flash {
                values["flash"] = flash.text
                values["flash_class"] = flash.isProblem ? "problem" : "notice"
                exchange.setCookie(Flash.cookieName, "", maxAge: 0, app.web)
            }
            if let principal = visit.user?.principal {
                values["user"] = ["name": principal.displayName, "is_admin": principal.isAdmin] as [String: Any]
            }
        }
        guard let html = library.render(values, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        var reply = Reply(status: status, body: ByteBuffer(string: html))
        reply.contentType = "text/html; charset=utf-8"
        // Every page names its user or carries a token of its session.
        reply.headers = [("content-security-policy", policy), ("cache-control", "no-store")]
        return reply
    }

    /// A refusal as a page.
    static func refusal(_ reply: Reply, _ exchange: Exchange, app: Application) -> Reply {
        let (title, text) =
            switch reply.status.code {
            case 400: ("Bad request", "The request could not be understood.")
            case 403: ("No access", "You are not allowed to see this page.")
            case 404: ("Not found", "There is no page at this address.")
            case 405: ("Not possible", "This address does not accept what was sent to it.")
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
}
