import HTTPTypes
import NIOCore
import Postgres

/// An authenticated, admitted request as its handler sees it.
public final class Call: Sendable {
    public let exchange: Exchange
    public let app: Application
    /// What operations act in.
    public let context: Context
    /// Values of the path's parameters, in order.
    let pathIDs: [Int64]
    /// Present when the client sent `Idempotency-Key` on a route that honours it.
    let idempotency: IdempotencyKey?
    private let route: Route

    init(
        exchange: Exchange, app: Application, settings: Settings, route: Route, principal: Principal?, pathIDs: [Int64],
        idempotency: IdempotencyKey?
    ) {
        self.exchange = exchange
        self.app = app
        self.route = route
        context = Context(
            actor: principal, settings: settings, db: app.db, figures: app.figures, source: exchange)
        self.pathIDs = pathIDs
        self.idempotency = idempotency
    }

    var db: PostgresClient { app.db }

    /// The first of them; 0 on a path without parameters.
    var pathID: Int64 { pathIDs.first ?? 0 }

    var settings: Settings { context.settings }

    /// The acting user. A handler of an open route has none and asks for none.
    var principal: Principal { context.principal }

    var query: QueryParameters { QueryParameters(exchange.rawQuery) }

    /// Reads the body against the route's declared fields.
    /// - Throws: ``APIError`` 400 for malformed JSON, 415 for another content type.
    func input(partial: Bool = false) throws -> InputReader {
        guard let body = route.body else { preconditionFailure("\(route.path) declares no body") }
        return body.read(try jsonBody(), partial: partial)
    }

    /// The body as JSON; nil when it is empty (behaviour.md §1.3).
    func jsonBody() throws -> JSONValue? {
        guard let body = exchange.body, body.readableBytes > 0 else { return nil }
        guard MediaType.isJSON(exchange.headers.first(name: "content-type")) else {
            throw APIError.unsupportedMediaType
        }
        do {
            return try JSONValue.parse(body)
        } catch {
            throw APIError.malformedJSON
        }
    }
}
