import HTTPTypes
import Postgres

/// `/password`: change one's own, by choice or because `password_change_required` is set (behaviour.md §12.5).
enum PasswordPages {
    static let routes = [
        Route(
            .get, path: "/password", summary: "Change-password page", access: .page(.userWithAnyPassword),
            response: .string()
        ) { call in page(call, [:], status: .ok) },
        Route(
            .post, path: "/password", summary: "Change the password", access: .page(.userWithAnyPassword),
            response: .string(), handler: change),
    ]

    private static func page(_ call: Call, _ errors: [String: String], status: HTTPResponse.Status) -> Reply {
        var values: [String: Any] = [
            "required": call.visit.user?.mustChangePassword ?? false, "has_errors": !errors.isEmpty,
        ]
        for (field, text) in errors { values["\(field)_error"] = text }
        return Page.render(
            "password", title: "Change password", call.exchange, app: call.app, status: status, values)
    }

    @Sendable private static func change(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let current = form.text("current_password") ?? ""
        let password = form.text("password") ?? ""
        var errors: [String: String] = [:]
        // An empty field is no guess.
        if current.isEmpty {
            errors["current"] = "Enter your current password."
        } else if try await !isPassword(current, of: call) {
            errors["current"] = "This is not your current password."
        }
        errors.merge(NewPassword.problems(password, confirmation: form.text("confirm") ?? "")) { $1 }
        if errors.isEmpty, password == current { errors["password"] = "Choose another password than the current one." }
        guard errors.isEmpty, let session = call.visit.session else {
            return page(call, errors, status: .unprocessableContent)
        }
        let hash = try await call.app.passwords.withPlace { try await $0.hash(password) }
        _ = try await call.db.execute(
            Statement(
                "update users set password_hash = $2, password_change_required = false where id = $1",
                [.int(call.principal.userID), .text(hash)]))
        call.app.web.users.forget(call.principal.userID)
        // Whoever knew the old password is out, and this browser gets a new session.
        try await call.app.web.sessions.endOthers(of: call.principal.userID, except: session)
        let (id, _) = try await call.app.web.sessions.create(
            userID: call.principal.userID, isRemembered: session.isRemembered, call.exchange.client)
        try await call.app.web.sessions.end(session)
        call.exchange.setSession(id, call.app.web)
        call.exchange.setFlash(.passwordChanged, call.app.web)
        return .seeOther("/dashboard")
    }

    /// Whoever has got hold of a session must not guess faster than at the sign-in page.
    private static func isPassword(_ password: String, of call: Call) async throws -> Bool {
        try await call.app.loginThrottle.admit(call.exchange.clientAddress)
        return try await call.app.passwords.withPlace { hasher in
            let attempt = try await call.app.accountThrottle.begin(
                call.principal.username, device: call.visit.session?.hash, address: call.exchange.clientAddress)
            let account = try await Accounts(db: call.db).find(call.principal.username)
            let isMatch = try await hasher.verify(
                String(password.prefix(PasswordHash.maxLength)), against: account?.passwordHash)
            if isMatch { call.app.accountThrottle.succeeded(attempt) }
            return isMatch
        }
    }
}

/// Rules for a password typed twice.
enum NewPassword {
    /// Field (`password`, `confirm`) to what is wrong with it.
    static func problems(_ password: String, confirmation: String) -> [String: String] {
        guard PasswordHash.accepts(password) else {
            return ["password": "Use \(PasswordHash.minLength) to \(PasswordHash.maxLength) characters."]
        }
        return password == confirmation ? [:] : ["confirm": "The two passwords differ."]
    }
}
