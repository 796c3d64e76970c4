import HTTPTypes
import NIOCore

/// The way of a browser's request to its handler: setup gate, session, audience, CSRF (behaviour.md §12.1, §12.2).
///
/// Token routes never come here.
struct WebGate: BrowserGate {
    let app: Application

    func admit(_ route: Route, _ exchange: Exchange, pathIDs: [Int64]) async throws -> Reply {
        let settings = try await app.settings.current()
        try await exchange.receiveBody(limit: min(route.bodyLimit, app.maxBodyBytes))
        switch route.access {
        case .page(let page): return try await show(page, route, exchange, settings, pathIDs)
        case .sessionOrAdminToken: return try await admitEither(route, exchange, settings, pathIDs)
        default:
            guard settings.setupCompleted else { throw APIError.setupRequired }
            let visit = try await visit(exchange)
            let user = try signedIn(visit, exchange)
            try OwnOrigin.require(exchange)
            try requireToken(visit, exchange, form: nil)
            return try await run(route, exchange, settings, pathIDs, user.principal)
        }
    }

    func page(of refusal: Reply, _ exchange: Exchange) -> Reply { Page.refusal(refusal, exchange, app: app) }

    // MARK: Pages

    private func show(
        _ page: PageAccess, _ route: Route, _ exchange: Exchange, _ settings: Settings, _ pathIDs: [Int64]
    ) async throws -> Reply {
        // A page repeats its address in its rows and forms.
        guard exchange.path.utf8.count + exchange.rawQuery.utf8.count < LocalPath.maxLength else {
            throw HTTPRefusal.targetTooLong
        }
        guard settings.setupCompleted || page.audience == .setup else {
            if exchange.wantsJSON { throw APIError.setupRequired }
            return .redirect(to: "/setup")
        }
        let visit = try await visit(exchange)
        switch page.audience {
        case .setup, .anyone: break
        case .user, .userWithAnyPassword, .admin:
            guard let user = visit.user else {
                if exchange.wantsJSON { throw APIError.signInRequired }
                return .redirect(to: LocalPath.login(next: exchange.isRead ? exchange.target : page.form ?? "/"))
            }
            if user.mustChangePassword, page.audience != .userWithAnyPassword {
                if exchange.wantsJSON { throw APIError.passwordChangeRequired }
                return .redirect(to: "/password")
            }
            if page.audience == .admin, !user.principal.isAdmin { throw APIError.forbidden("Administrators only") }
            if let module = route.module, !settings.opens(module, to: user.principal) {
                throw APIError.moduleDisabled(module)
            }
        }
        try OwnOrigin.require(exchange)
        do {
            try requireToken(visit, exchange, form: try exchange.form)
        } catch let error as APIError where error.code == APIError.csrfTokenInvalid.code {
            if exchange.wantsJSON { throw error }
            // Secrets are not sent back, a file can't be, and a page with very long texts would take too long to write.
            let form = try exchange.form
            guard page.audience.keepsForms, !form.pairs.isEmpty, !form.holdsPassword, form.size <= BodyLimit.standard
            else {
                exchange.setFlash(.formExpired, app.web)
                return .seeOther(page.form ?? route.path)
            }
            return Page.expired(form, exchange, app: app)
        }
        return try await run(route, exchange, settings, pathIDs, visit.user?.principal)
    }

    // MARK: JSON

    /// The session's user if there is one, else the token's owner; either way an administrator (behaviour.md §11.6).
    private func admitEither(
        _ route: Route, _ exchange: Exchange, _ settings: Settings, _ pathIDs: [Int64]
    ) async throws -> Reply {
        guard settings.setupCompleted else { throw APIError.setupRequired }
        let visit = try await visit(exchange)
        if visit.user != nil {
            let user = try signedIn(visit, exchange)
            guard user.principal.isAdmin else { throw APIError.adminOnly }
            try OwnOrigin.require(exchange)
            try requireToken(visit, exchange, form: nil)
            return try await run(route, exchange, settings, pathIDs, user.principal)
        }
        let principal: Principal
        do {
            principal = try await app.authenticator.authenticate(exchange)
        } catch is APIError {
            throw APIError.adminSignInRequired
        }
        exchange.tokenID = principal.tokenID
        let (decision, _) = await app.rateLimiter.check(tokenID: principal.tokenID, with: nil)
        decision.writeHeaders(to: exchange)
        guard decision.isAllowed, principal.isAdmin else {
            app.tokenUsage.refused(principal.tokenID)
            throw decision.isAllowed ? APIError.adminOnly : APIError.rateLimited(decision)
        }
        app.tokenUsage.accepted(principal.tokenID)
        return try await run(route, exchange, settings, pathIDs, principal)
    }

    private func signedIn(_ visit: Visit, _ exchange: Exchange) throws -> SessionUser {
        guard let user = visit.user else { throw APIError.signInRequired }
        guard !user.mustChangePassword else { throw APIError.passwordChangeRequired }
        return user
    }

    // MARK: Parts

    private func run(
        _ route: Route, _ exchange: Exchange, _ settings: Settings, _ pathIDs: [Int64], _ principal: Principal?
    ) async throws -> Reply {
        exchange.tokenID = principal?.tokenID
        let crowd = Crowd(principal, address: exchange.clientAddress)
        try await app.admission.enter(crowd)
        defer { app.admission.leave(crowd) }
        return try await app.heavyWork.handle(
            route,
            Call(
                exchange: exchange, app: app, settings: settings, route: route, principal: principal, pathIDs: pathIDs,
                idempotency: nil))
    }

    /// Reads the cookies; makes a visitor's cookie where a form may need one.
    private func visit(_ exchange: Exchange) async throws -> Visit {
        let flash = exchange.cookie(Flash.cookieName, app.web).flatMap { Flash($0) }
        var visit: Visit
        if let cookie = exchange.cookie(SessionCookie.name, app.web), let id = SessionID(cookie: cookie),
            let found = try await app.web.sessions.find(id, exchange.client),
            let user = try await app.web.users.find(found.record.userID)
        {
            if found.isProlonged, id.isRemembered { exchange.setSession(id, app.web) }
            visit = Visit(session: id, user: user, csrfToken: found.record.csrfSecret, flash: flash)
        } else {
            let known = exchange.cookie(CSRFToken.cookieName, app.web).flatMap {
                CSRFToken.isVisitor($0) ? $0.unchecked : nil
            }
            let visitor = known ?? CSRFToken.newVisitor()
            if known == nil, exchange.isRead, !exchange.path.hasPrefix("/api/") {
                exchange.setCookie(CSRFToken.cookieName, visitor, maxAge: nil, app.web)
            }
            visit = Visit(session: nil, user: nil, csrfToken: app.web.csrf.token(visitor: visitor), flash: flash)
            visit.formerCSRFToken = app.web.csrf.formerToken(visitor: visitor)
        }
        exchange.visit = visit
        return visit
    }

    /// - Throws: ``APIError`` 400 for a change whose token is missing or wrong.
    private func requireToken(_ visit: Visit, _ exchange: Exchange, form: FormBody?) throws {
        guard !exchange.isRead else { return }
        let sent =
            exchange.headers.first(name: CSRFToken.headerName) ?? form?.text(CSRFToken.fieldName).map { RawText($0) }
            ?? exchange.uploadToken
        let isValid = CSRFToken.matches(sent, visit.csrfToken) || CSRFToken.matches(sent, visit.formerCSRFToken ?? "")
        guard isValid else { throw APIError.csrfTokenInvalid }
    }
}
