import HTTPTypes
import Logging
import NIOCore

/// `/login`, `/logout`, `/auth/csrf-token` (behaviour.md §12.1, §12.3).
enum LoginPages {
    static let routes = [
        Route(
            .get, path: "/login", summary: "Sign-in page", access: .page(.anyone), response: .string(), handler: show),
        Route(.post, path: "/login", summary: "Sign in", access: .page(.anyone), response: .string(), handler: signIn),
        Route(
            .get, path: "/logout", summary: "Sign-out page", access: .page(.anyone), response: .string(),
            handler: askToSignOut),
        Route(
            .post, path: "/logout", summary: "Sign out", access: .page(.anyone), response: .string(), handler: signOut),
        Route(
            .get, path: "/auth/csrf-token", summary: "Token for X-CSRFToken", access: .page(.setup),
            response: .object(name: "CSRFToken"), handler: csrfToken),
    ]

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        var query = call.query
        let next = LocalPath.checked(query.text("next"))
        if call.visit.user != nil { return .redirect(to: next ?? "/dashboard") }
        return try await page(call, next: next)
    }

    @Sendable private static func signIn(_ call: Call) async throws -> Reply {
        try await call.app.loginThrottle.admit(call.exchange.clientAddress)
        let form = try call.exchange.form
        let next = LocalPath.checked(form.text("next"))
        let name = Username.normalise(form.text("username") ?? "")
        let password = form.text("password") ?? ""
        guard let account = try await account(name, password, call) else {
            return try await page(call, next: next, username: name, status: .unauthorized)
        }
        if let old = call.visit.session { try await call.app.web.sessions.end(old) }
        let (id, _) = try await call.app.web.sessions.create(
            userID: account.id, isRemembered: form.isChecked("remember"), call.exchange.client)
        call.app.web.users.forget(account.id)
        call.exchange.setSession(id, call.app.web)
        call.exchange.setDevice(of: account.username, call.app.web)
        call.app.faults.logger.info(
            "signed in", metadata: ["user_id": "\(account.id)", "request_id": "\(call.exchange.requestID)"])
        return .seeOther(account.mustChangePassword ? "/password" : next ?? "/dashboard")
    }

    /// Code points of a name that is looked up.
    private static let maxNameLength = 100

    /// Checks name and password, registers who may register, notes the sign-in. Nil for every kind of failure.
    private static func account(_ name: String, _ password: String, _ call: Call) async throws -> Accounts.Account? {
        let accounts = Accounts(db: call.db)
        let isName = (try? UserAdmin.validName(name)) == name
        return try await call.app.passwords.withPlace { hasher in
            let known = name.unicodeScalars.count <= maxNameLength ? try await accounts.find(name) : nil
            // Attempts count for the account in whatever spelling its name is given.
            let name = known?.username ?? RawText(name).prefix(codePoints: maxNameLength).unchecked
            let isAdminName = call.app.adminUsernames.contains(name)
            let attempt = try await call.app.accountThrottle.begin(
                name, device: call.exchange.device(of: name, call.app.web), address: call.exchange.clientAddress)
            // Also for an unknown name, so that the time taken tells nothing.
            let isMatch = try await hasher.verify(
                String(password.prefix(PasswordHash.maxLength)), against: known?.passwordHash)
            if let known {
                guard isMatch, known.isActive else { return nil }
                call.app.accountThrottle.succeeded(attempt)
                try await accounts.noteSignIn(known.id, promoteToAdmin: isAdminName)
                return known
            }
            guard isName, try await accounts.allowsSelfRegistration(),
                (try? UserAdmin.checkPassword(password)) != nil
            else { return nil }
            let hash = try await hasher.hash(password)
            call.app.accountThrottle.succeeded(attempt)
            return try await accounts.register(name, passwordHash: hash, isAdmin: isAdminName)
        }
    }

    private static func page(
        _ call: Call, next: String?, username: String = "", status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        let canRegister = try await Accounts(db: call.db).allowsSelfRegistration()
        return Page.render(
            "login", title: "Sign in", call.exchange, app: call.app, status: status,
            [
                "next": next ?? "", "username": username, "failed": status == .unauthorized,
                "can_register": canRegister,
            ])
    }

    @Sendable private static func askToSignOut(_ call: Call) async throws -> Reply {
        guard call.visit.user != nil else { return .redirect(to: "/login") }
        return Page.render("logout", title: "Sign out", call.exchange, app: call.app)
    }

    @Sendable private static func signOut(_ call: Call) async throws -> Reply {
        if let session = call.visit.session { try await call.app.web.sessions.end(session) }
        call.exchange.setCookie(SessionCookie.name, "", maxAge: 0, call.app.web)
        call.exchange.setFlash(.signedOut, call.app.web)
        return .seeOther("/login")
    }

    @Sendable private static func csrfToken(_ call: Call) async throws -> Reply {
        var reply = Reply.json { json in
            json.beginObject()
            json.key("csrf_token")
            json.value(call.visit.csrfToken)
            json.key("csrf_enabled")
            json.value(true)
            json.endObject()
        }
        reply.headers = [("cache-control", "no-store")]
        return reply
    }
}
