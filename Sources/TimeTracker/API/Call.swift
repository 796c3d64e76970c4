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
    /// What a page asks an operation for, in place of a body.
    private let asked: (schema: BodySchema, members: JSONValue)?
    /// What a page asks for in place of the address's query.
    private let askedQuery: String?

    init(
        exchange: Exchange, app: Application, settings: Settings, route: Route, principal: Principal?, pathIDs: [Int64],
        idempotency: IdempotencyKey?, asked: (schema: BodySchema, members: JSONValue)? = nil, askedQuery: String? = nil,
        db: PostgresClient? = nil
    ) {
        self.exchange = exchange
        self.app = app
        self.route = route
        context = Context(
            actor: principal, settings: settings, db: db ?? app.db, figures: app.figures, source: exchange)
        self.pathIDs = pathIDs
        self.idempotency = idempotency
        self.asked = asked
        self.askedQuery = askedQuery
    }

    /// The same visitor's request for an operation: with an object and fields of the page's choosing, times of day meaning
    /// those of `zone`.
    ///
    /// - Parameter idempotency: what the operation is done once for.
    func asking(
        _ schema: BodySchema, _ members: JSONObject, ids: [Int64], zone: String, idempotency: IdempotencyKey?
    ) -> Call {
        var settings = settings
        settings.timezone = zone
        return Call(
            exchange: exchange, app: app, settings: settings, route: route, principal: principal, pathIDs: ids,
            idempotency: idempotency, asked: (schema, .object(members)))
    }

    var db: PostgresClient { app.db }

    /// The first of them; 0 on a path without parameters.
    var pathID: Int64 { pathIDs.first ?? 0 }

    var settings: Settings { context.settings }

    /// The acting user; nil on an open route, and for visitors.
    var actor: Principal? { context.visitor }

    /// The acting user. A handler of an open route has none and asks for none.
    var principal: Principal { context.principal }

    /// The same visitor's request for a list, by a query of the page's choosing.
    func asking(query: String) -> Call {
        Call(
            exchange: exchange, app: app, settings: settings, route: route, principal: principal, pathIDs: pathIDs,
            idempotency: nil, askedQuery: query)
    }

    var query: QueryParameters { QueryParameters(askedQuery ?? exchange.rawQuery) }

    /// Reads the body against the route's declared fields.
    /// - Throws: ``APIError`` 400 for malformed JSON, 415 for another content type.
    func input(partial: Bool = false) throws -> InputReader {
        if let asked { return asked.schema.read(asked.members, partial: partial) }
        guard let body = route.body else { preconditionFailure("\(route.path) declares no body") }
        return body.read(try jsonBody(), partial: partial)
    }

    /// The body as JSON if it is any, for operations whose body is optional.
    var lenientBody: JSONValue? { asked?.members ?? exchange.body.flatMap { try? JSONValue.parse($0) } }

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
