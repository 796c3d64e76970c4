import Cryptography
import HTTPTypes
import NIOCore

/// Stylesheet and script, under addresses that change with their content, so that browsers may keep them for ever.
struct StaticAsset: Sendable {
    let path: String
    let type: StaticString
    let body: ByteBuffer

    init(_ name: String, _ suffix: String, _ type: StaticString, _ bytes: [UInt8]) {
        let hash = SHA256.hash(bytes).hex.prefix(12)
        path = "/static/\(name).\(hash).\(suffix)"
        self.type = type
        body = ByteBuffer(bytes: bytes)
    }

    /// Open, because the setup page needs it too.
    var route: Route {
        Route(.get, path: path, summary: "Asset of the web pages", access: .open, response: .string()) { _ in
            var reply = Reply(status: .ok, body: body)
            reply.contentType = type
            reply.headers = [("cache-control", "public, max-age=31536000, immutable")]
            return reply
        }
    }
}

enum StaticAssets {
    static let stylesheet = StaticAsset("app", "css", "text/css; charset=utf-8", PackageResources.app_css)
    static let script = StaticAsset("app", "js", "text/javascript; charset=utf-8", PackageResources.app_js)
}

/// Every browser route that is no part of the API's document.
enum WebRoutes {
    static var all: [Route] {
        [StaticAssets.stylesheet.route, StaticAssets.script.route] + LoginPages.routes + SetupPages.routes
            + HomePages.routes + PasswordPages.routes + TokenPages.routes
    }
}
