import HTTPTypes
import NIOCore

/// `POST /api/v1/auth/login`: a token for username and password (behaviour.md §2.10).
enum LoginResource: Resource {
    static let routes = [
        Route(
            .post, path: "/api/v1/auth/login", summary: "Sign in with username and password",
            details: """
                For desktop, mobile and extension clients. Five attempts a minute for each client address; an account that was \
                guessed at ten times has to wait for longer and longer, but not at an address from which it has signed in before.
                """,
            access: .open, body: BodySchema("Login", [username, password]),
            response: .object(
                name: "LoginToken",
                properties: [
                    ("token", .string(description: "The new API token, shown once")), ("user_id", .integer()),
                ],
                required: ["token", "user_id"]),
            errors: [.unauthorized, .forbidden, .tooManyRequests, .serviceUnavailable], handler: signIn)
    ]

    private static let username = InputField<String>.string("username", max: 100)
    private static let password = InputField<String>.string("password", max: PasswordHash.maxLength, trim: false)

    @Sendable private static func signIn(_ call: Call) async throws -> Reply {
        try await call.app.loginThrottle.admit(call.exchange.clientAddress)
        // Whatever is wrong with the body is a failed sign-in (behaviour.md §2.10), hence no 400 or 415 here.
        let body = call.exchange.body.flatMap { try? JSONValue.parse($0) }
        let name = Username.normalise((try? body?["username"]?.stringValue?.text(atMost: 100)) ?? "")
        let password = (try? body?["password"]?.stringValue?.text(atMost: PasswordHash.maxLength)) ?? ""
        let accounts = Accounts(db: call.db)
        let account = try await call.app.passwords.withPlace { hasher in
            guard !name.isEmpty else { throw invalid }
            let account = try await accounts.find(name)
            // Attempts count for the account in whatever spelling its name is given.
            let attempt = try await call.app.accountThrottle.begin(
                account?.username ?? name, device: nil, address: call.exchange.clientAddress)
            let isMatch = try await hasher.verify(password, against: account?.passwordHash)
            guard isMatch, let account, account.isActive else { throw invalid }
            call.app.accountThrottle.succeeded(attempt)
            return account
        }
        guard !account.mustChangePassword else {
            throw APIError(
                .forbidden, "forbidden", "password_change_required",
                message: "Change your password in the browser first")
        }
        let token = try await accounts.signIn(
            account, lifetimeDays: call.app.tokenLifetimeDays,
            promoteToAdmin: call.app.adminUsernames.contains(account.username))
        return .json { json in
            json.beginObject()
            json.key("token")
            json.value(token)
            json.key("user_id")
            json.value(account.id)
            json.endObject()
        }
    }

    private static let invalid = APIError(
        .unauthorized, "unauthorized", "Invalid username or password")
}
