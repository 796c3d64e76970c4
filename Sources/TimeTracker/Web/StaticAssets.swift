import Cryptography
import HTTPTypes
import NIOCore

/// Stylesheet, scripts and drawings, under addresses that change with their content, so that browsers may keep them for ever.
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

    /// A module of JavaScript.
    ///
    /// - Parameter imports: modules that it imports as `./name.js`; their addresses take the place of these names.
    init(module name: String, _ bytes: [UInt8], imports: [(name: String, asset: StaticAsset)] = []) {
        let text = imports.reduce(String(decoding: bytes, as: UTF8.self)) {
            $0.replacing("\"./\($1.name).js\"", with: "\"\($1.asset.path)\"")
        }
        self.init(name, "js", "text/javascript; charset=utf-8", Array(text.utf8))
    }

    /// Open, because the setup page needs it too.
    var route: Route { Self.route(path, reply(cacheControl: "public, max-age=31536000, immutable")) }

    fileprivate func reply(cacheControl: String) -> Reply {
        var reply = Reply(status: .ok, body: body)
        reply.contentType = type
        reply.headers = [("cache-control", cacheControl)]
        return reply
    }

    fileprivate static func route(_ path: String, _ reply: Reply) -> Route {
        Route.open(path: path, summary: "Asset of the web pages", response: .string()) { _ in reply }
    }
}

enum StaticAssets {
    static let stylesheet = StaticAsset(
        "app", "css", "text/css; charset=utf-8", PackageResources.app_css + Array(CalendarStyle.rules.utf8))
    static let icons = StaticAsset("icons", "svg", "image/svg+xml", PackageResources.icons_svg)
    static let favicon = StaticAsset("favicon", "svg", "image/svg+xml", PackageResources.favicon_svg)
    private static let duration = StaticAsset(module: "duration", PackageResources.duration_js)
    private static let listbox = StaticAsset(module: "listbox", PackageResources.listbox_js)
    private static let problems = StaticAsset(module: "problems", PackageResources.problems_js)
    private static let find = StaticAsset(
        module: "find", PackageResources.find_js, imports: [("listbox", listbox)])
    private static let live = StaticAsset(module: "live", PackageResources.live_js)
    private static let combobox = StaticAsset(
        module: "combobox", PackageResources.combobox_js, imports: [("listbox", listbox)])
    private static let timer = StaticAsset(
        module: "timer", PackageResources.timer_js, imports: [("combobox", combobox), ("live", live)])
    static let script = StaticAsset(
        module: "app", PackageResources.app_js,
        imports: [("combobox", combobox), ("duration", duration), ("find", find), ("timer", timer)])
    static let board = StaticAsset(module: "board", PackageResources.board_js, imports: [("problems", problems)])
    static let charts = StaticAsset(module: "charts", PackageResources.charts_js)
    static let entries = StaticAsset(module: "entries", PackageResources.entries_js, imports: [("combobox", combobox)])
    static let calendar = StaticAsset(
        module: "calendar", PackageResources.calendar_js, imports: [("problems", problems)])
    static let week = StaticAsset(module: "week", PackageResources.week_js, imports: [("duration", duration)])
    static let quote = StaticAsset(module: "quote", PackageResources.quote_js)
    static let upload = StaticAsset(module: "upload", PackageResources.upload_js)
    private static let manifest = StaticAsset(
        "app", "webmanifest", "application/manifest+json", PackageResources.manifest_webmanifest)

    /// The files under their own addresses, and those whose addresses others have set.
    static let routes =
        [
            stylesheet, icons, favicon, combobox, duration, find, listbox, live, problems, timer, script, board,
            calendar, charts,
            entries, week, quote, upload,
        ].map(\.route) + [
            StaticAsset.route("/manifest.webmanifest", manifest.reply(cacheControl: "public, max-age=86400")),
            StaticAsset.route("/favicon.svg", favicon.reply(cacheControl: "public, max-age=86400")),
            StaticAsset.route("/favicon.ico", favicon.reply(cacheControl: "public, max-age=86400")),
            Route.open(
                path: ChartLibrary.path, summary: "Chart.js", response: .string(), answer: ChartLibrary.reply),
        ]
}

/// Chart.js, which a package manager brings at build time; its address carries a hash of its content.
enum ChartLibrary {
    static let path = "/static/chart.js"

    /// Nil when it is not installed: pages show their tables without charts then.
    static func address(_ assets: Assets) -> String? {
        assets.file("chart.js/chart.min.js", type: "text/javascript; charset=utf-8")?.etag.map { tag in
            "\(path)?v=\(tag.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(12))"
        }
    }

    @Sendable fileprivate static func reply(_ call: Call) throws -> Reply {
        let type: StaticString = "text/javascript; charset=utf-8"
        guard var reply = call.app.assets.file("chart.js/chart.min.js", type: type) else {
            throw APIError.pathNotFound(call.exchange.path)
        }
        if !call.exchange.rawQuery.isEmpty {
            reply.headers.removeAll { $0.name == "cache-control" }
            reply.headers.append(("cache-control", "public, max-age=31536000, immutable"))
        }
        return reply
    }
}
