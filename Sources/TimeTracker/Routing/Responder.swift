import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Finds the route of a request and runs the pipeline for it; every failure leaves here as the standard error body.
final class Responder: Sendable {
    private let router: RouterResponder<AppRequestContext>
    private let pipeline: Pipeline
    private let paths: AllowedMethods
    private let logger: Logger

    init(app: Application, routes: [Route], logger: Logger) {
        let pipeline = Pipeline(app: app)
        let router = Router(context: AppRequestContext.self)
        // The reply travels in the exchange; the router only has to pick the handler.
        let routed = Response(status: .ok)
        for route in routes {
            let names = route.pathParameters
            for method in route.methods {
                router.on(RouterPath(route.path), method: method) { _, context in
                    let exchange = context.exchange
                    exchange.routePath = route.path
                    exchange.reply = await pipeline.run(
                        route, exchange, pathIDs: names.compactMap { context.parameters[Substring($0)] })
                    return routed
                }
            }
        }
        self.router = router.buildResponder()
        self.pipeline = pipeline
        self.paths = AllowedMethods(routes)
        self.logger = logger
    }

    func respond(to exchange: Exchange) async -> Reply {
        // The router passes over empty segments, so that `//login` would be a page under an address that a browser takes
        // for another host's.
        guard !RequestTarget.hasEmptySegment(exchange.path) else { return missing(exchange, allowed: []) }
        if exchange.method == .options, exchange.isAPIv1 { return CORSHeaders.preflight }
        let method = exchange.method == .head ? .get : exchange.method
        let request = Request(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: exchange.path),
            body: .init(buffer: ByteBuffer()))
        let context = AppRequestContext(source: .init(exchange: exchange, logger: logger))
        _ = try? await router.respond(to: request, context: context)
        if exchange.reply == nil, AbsentFamilies.name(of: exchange.path) != nil {
            exchange.routePath = AbsentFamilies.route.path
            return await pipeline.run(AbsentFamilies.route, exchange, pathIDs: [])
        }
        return exchange.reply ?? missing(exchange, allowed: paths.methods(for: exchange.path))
    }

    private func missing(_ exchange: Exchange, allowed: [HTTPRequest.Method]) -> Reply {
        let reply =
            allowed.isEmpty
            ? APIError.pathNotFound(exchange.path).reply : APIError.methodNotAllowed(allowed: allowed).reply
        let wantsPage =
            !exchange.path.hasPrefix("/api/") && exchange.headers.first(name: "accept")?.contains("text/html") == true
        return wantsPage ? Page.refusal(reply, exchange, app: pipeline.app) : reply
    }
}

/// Which methods a path answers to, for 404 against 405 and the `Allow` field (RFC 9110 §10.2.1).
struct AllowedMethods: Sendable {
    private let routes: [(segments: [Substring], methods: [HTTPRequest.Method])]

    init(_ routes: [Route]) {
        self.routes = routes.map { (Substring($0.path).split(separator: "/"), $0.methods) }
    }

    func methods(for path: String) -> [HTTPRequest.Method] {
        let segments = path.split(separator: "/")
        var methods: [HTTPRequest.Method] = []
        for route in routes where matches(route.segments, segments) {
            for method in route.methods where !methods.contains(method) { methods.append(method) }
        }
        if methods.contains(.get) { methods.append(.head) }
        if !methods.isEmpty { methods.append(.options) }
        return methods
    }

    private func matches(_ template: [Substring], _ path: [Substring]) -> Bool {
        template.count == path.count && zip(template, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
