import HTTPTypes

/// Finds the route of a request and runs the pipeline for it; every failure leaves here as the standard error body.
final class Responder: HTTPResponder {
    /// What the requests of each route are counted as, by the route's index.
    let metricLabels: [RouteMetrics.Labels]
    private let absentIndex: Int
    private let routes: RouteTable
    private let pipeline: Pipeline

    init(app: Application, routes: [Route], browsers: any BrowserGate) {
        self.routes = RouteTable(routes)
        absentIndex = routes.count
        metricLabels = (routes + [AbsentFamilies.route]).map { route in
            RouteMetrics.Labels(route: route.path, method: route.methods.map(\.rawValue).joined(separator: "|"))
        }
        self.pipeline = Pipeline(app: app, browsers: browsers)
    }

    func respond(to exchange: Exchange) async -> Reply {
        // Empty segments are passed over below, so that `//login` would be a page under an address that a browser takes for
        // another host's.
        guard !RequestTarget.hasEmptySegment(exchange.path) else { return missing(exchange, allowed: []) }
        if exchange.method == .options, exchange.isAPIv1 { return CORSHeaders.preflight }
        if let match = routes.find(exchange.method == .head ? .get : exchange.method, exchange.path) {
            exchange.routePath = match.route.path
            exchange.routeIndex = match.index
            return await pipeline.run(match.route, exchange, pathIDs: match.parameters)
        }
        if AbsentFamilies.name(of: exchange.path) != nil {
            exchange.routePath = AbsentFamilies.route.path
            exchange.routeIndex = absentIndex
            return await pipeline.run(AbsentFamilies.route, exchange, pathIDs: [])
        }
        return missing(exchange, allowed: routes.methods(for: exchange.path))
    }

    func reply(to refusal: HTTPRefusal) -> Reply { APIError(refusal).reply }

    private func missing(_ exchange: Exchange, allowed: [HTTPRequest.Method]) -> Reply {
        let reply =
            allowed.isEmpty
            ? APIError.pathNotFound(exchange.path).reply : APIError.methodNotAllowed(allowed: allowed).reply
        let wantsPage =
            !exchange.path.hasPrefix("/api/") && exchange.headers.first(name: "accept")?.contains("text/html") == true
        return wantsPage ? pipeline.browsers.page(of: reply, exchange) : reply
    }
}
