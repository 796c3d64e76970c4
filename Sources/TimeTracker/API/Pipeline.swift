import Postgres
import Redis

/// The way of a request from its route to its handler, in the order that decides which error is seen
/// (behaviour.md §1.7): setup gate, authentication, crowding, rate limit, scope, module, idempotency replay, handler.
struct Pipeline: Sendable {
    let app: Application
    let browsers: any BrowserGate

    /// The answer, if nothing has to be waited for.
    func answer(_ route: Route, _ exchange: Exchange) -> Reply? {
        guard let handler = route.immediate, exchange.incoming == nil else { return nil }
        do {
            let reply = try handler(open(route, exchange))
            return exchange.isRead ? reply.conditional(on: exchange.headers) : reply
        } catch {
            return app.faults.reply(to: error, exchange)
        }
    }

    /// For routes that anybody may call.
    private func open(_ route: Route, _ exchange: Exchange, pathIDs: [Int64] = []) -> Call {
        Call(
            exchange: exchange, app: app, settings: app.settings.lastKnown, route: route, principal: nil,
            pathIDs: pathIDs, idempotency: nil)
    }

    func run(_ route: Route, _ exchange: Exchange) async -> Reply {
        do {
            let reply = try await admit(route, exchange)
            return exchange.isRead ? reply.conditional(on: exchange.headers) : reply
        } catch {
            let reply = app.faults.reply(to: error, exchange)
            guard case .page = route.access, !exchange.wantsJSON else { return reply }
            return browsers.page(of: reply, exchange)
        }
    }

    private func admit(_ route: Route, _ exchange: Exchange) async throws -> Reply {
        let ids = try exchange.pathParameters.map { try PathID.parse($0, exchange) }
        guard case .token(let required) = route.access.requirement else {
            if case .browser = route.access.requirement {
                return try await browsers.admit(route, exchange, pathIDs: ids)
            }
            if exchange.incoming != nil { try await receiveBody(route, exchange) }
            // Open routes must not depend on the database; those that want it ask for it.
            return try await route.answer(open(route, exchange, pathIDs: ids))
        }
        let settings = if let known = app.settings.known { known } else { try await app.settings.current() }
        guard settings.setupCompleted else { throw APIError.setupRequired }
        let principal = try await app.authenticator.authenticate(exchange)
        exchange.tokenID = principal.tokenID
        let crowd = Crowd.token(principal.tokenID)
        try app.admission.check(crowd)
        let key = route.operation.flatMap {
            IdempotencyKey(exchange, operation: $0, pathIDs: ids, tokenID: principal.tokenID)
        }
        let replica = route.mayReadReplica ? app.readReplica : nil
        let stored = try await limit(exchange, principal, probe: key, replica)
        try authorise(route, required, principal, settings)
        if let key, case .tooLong = key.validity { throw IdempotencyKey.tooLongError }
        if let key, let stored = key.decode(stored) {
            app.metrics.replayed(from: .redis)
            return stored.replay
        }
        if exchange.incoming != nil { try await receiveBody(route, exchange) }
        // Not before the body is there: a slow sender would take a place from others.
        if try !app.admission.enterNow(crowd) { try await app.admission.enter(crowd) }
        defer { app.admission.leave(crowd) }
        app.tokenUsage.accepted(principal.tokenID)
        let call = Call(
            exchange: exchange, app: app, settings: settings, route: route, principal: principal, pathIDs: ids,
            idempotency: key)
        if let replica { return try await read(route, call, replica, stored) }
        guard !exchange.isRead, let written = app.readReplica else { return try await handle(route, call, key) }
        do {
            let reply = try await handle(route, call, key)
            await written.hasChanged(tokenID: principal.tokenID)
            return reply
        } catch {
            // What failed may have been done all the same.
            await written.hasChanged(tokenID: principal.tokenID)
            throw error
        }
    }

    private func handle(_ route: Route, _ call: Call, _ key: IdempotencyKey?) async throws -> Reply {
        guard let key else {
            return route.isHeavy ? try await app.heavyWork.handle(route, call) : try await route.answer(call)
        }
        return try await app.idempotency.run(key) { try await app.heavyWork.handle(route, call) }
    }

    /// Reads from the replica where it shows what the token has done, else, or if it fails, from the primary.
    private func read(_ route: Route, _ call: Call, _ replica: ReadReplica, _ position: RedisReply?) async throws
        -> Reply
    {
        if replica.mayServe(position) {
            do {
                let beside = Call(
                    exchange: call.exchange, app: app, settings: call.settings, route: route, principal: call.principal,
                    pathIDs: call.pathIDs, idempotency: nil, db: replica.db)
                let reply = try await app.heavyWork.handle(route, beside)
                call.exchange.addHeader("x-database", "replica")
                return reply
            } catch let error as PostgresError where ReadReplica.isToBlame(for: error) {}
        }
        let reply = try await app.heavyWork.handle(route, call)
        call.exchange.addHeader("x-database", "primary")
        return reply
    }

    /// The body is read only now that it is known who sends it and where it goes.
    private func receiveBody(_ route: Route, _ exchange: Exchange) async throws {
        try await exchange.receiveBody(limit: min(route.bodyLimit, app.maxBodyBytes))
    }

    /// Counts the request; asks Redis for an idempotency record, or for the token's last change, in the same trip.
    private func limit(
        _ exchange: Exchange, _ principal: Principal, probe: IdempotencyKey?, _ replica: ReadReplica?
    ) async throws -> RedisReply? {
        let command =
            probe.flatMap { $0.validity == .usable ? $0.lookup(prefix: app.redisKeyPrefix) : nil }
            ?? replica?.lookup(tokenID: principal.tokenID)
        let (decision, reply) = await app.rateLimiter.check(tokenID: principal.tokenID, with: command)
        decision.writeHeaders(to: exchange)
        guard decision.isAllowed else {
            app.tokenUsage.refused(principal.tokenID)
            throw APIError.rateLimited(decision)
        }
        return reply
    }

    private func authorise(
        _ route: Route, _ required: ScopeRequirement, _ principal: Principal, _ settings: Settings
    ) throws {
        guard principal.scopes.satisfies(required) else {
            app.tokenUsage.refused(principal.tokenID)
            throw APIError.insufficientScope(required: required.description, available: principal.scopes.list)
        }
        if case .adminToken = route.access, !principal.isAdmin {
            app.tokenUsage.refused(principal.tokenID)
            throw APIError.forbidden("This endpoint is for administrators")
        }
        if let module = route.module, !settings.opens(module, to: principal) { throw APIError.moduleDisabled(module) }
    }
}

extension Route.Access {
    enum Requirement {
        case open
        case token(ScopeRequirement)
        case browser
    }

    var requirement: Requirement {
        switch self {
        case .open: .open
        case .token(let scopes), .adminToken(let scopes): .token(scopes)
        case .session, .sessionOrAdminToken, .page: .browser
        }
    }
}

/// Path ids are positive integers; anything else matches no resource (behaviour.md §1.2).
enum PathID {
    static func parse(_ text: Substring, _ exchange: Exchange) throws -> Int64 {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let id = Int64(text), id > 0 else {
            throw APIError.pathNotFound(exchange.path)
        }
        return id
    }
}
