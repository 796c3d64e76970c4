import HTTPTypes

/// Finds the route of a request and runs the pipeline for it; every failure leaves here as the standard error body.
final class Responder: HTTPResponder {
    /// What the requests of each route are counted as, by the route's index.
    let metricLabels: [RouteMetrics.Labels]
    private let absentIndex: Int
    private let routes: [Route]
    private let table: RouteTable
    private let pipeline: Pipeline

    init(app: Application, routes: [Route], browsers: any BrowserGate) {
        table = RouteTable(routes)
        absentIndex = routes.count
        self.routes = routes + [AbsentFamilies.route]
        metricLabels = self.routes.map { route in
            RouteMetrics.Labels(route: route.path, method: route.methods.map(\.rawValue).joined(separator: "|"))
        }
        self.pipeline = Pipeline(app: app, browsers: browsers)
    }

    func answer(_ exchange: Exchange) -> Reply? {
        // Empty segments are passed over below, so that `//login` would be a page under an address that a browser takes for
        // another host's.
        guard !RequestTarget.hasEmptySegment(exchange.path) else { return missing(exchange, allowed: []) }
        if exchange.method == .options, exchange.isAPIv1 { return CORSHeaders.preflight }
        if let match = table.find(exchange.method == .head ? .get : exchange.method, exchange.path) {
            exchange.routePath = match.route.path
            exchange.routeIndex = match.index
            exchange.pathParameters = match.parameters
            return pipeline.answer(match.route, exchange)
        }
        if AbsentFamilies.name(of: exchange.path) != nil {
            exchange.routePath = AbsentFamilies.route.path
            exchange.routeIndex = absentIndex
            return nil
        }
        return missing(exchange, allowed: table.methods(for: exchange.path))
    }

    func respond(to exchange: Exchange) async -> Reply {
        guard let index = exchange.routeIndex else { preconditionFailure("nobody has looked for the route") }
        return await pipeline.run(routes[index], exchange)
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
