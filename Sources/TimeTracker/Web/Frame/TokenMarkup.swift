import Logging

/// Tokens as the pages of administrators and of their owners show them.
enum TokenMarkup {
    static func values(_ token: ListedToken, _ format: PersonFormat) -> [String: Any] {
        let state = token.isExpired ? "Expired" : token.isActive ? "Active" : "Inactive"
        return [
            "id": "\(token.id)", "name": token.name, "description": token.description, "user": token.username,
            "prefix": token.prefix, "scopes": token.scopes, "status": state, "status_class": state.lowercased(),
            "toggle": token.isActive ? "Deactivate" : "Activate",
            "expires": token.expires.map(format.moment) ?? "Never",
            "last_used": token.lastUsed.map(format.moment) ?? "Never",
            "uses": token.uses == 1 ? "1 use" : "\(token.uses) uses", "day_uses": "\(token.dayUses) in 24 h",
            "created": format.moment(token.created), "only_from": token.onlyFrom.joined(separator: ", "),
            "is_restricted": !token.onlyFrom.isEmpty,
        ]
    }
}

/// What the page after a form for a token shows of it.
enum NewToken: Sendable {
    /// Its plain text, this once.
    case token(String)
    /// The form was sent again: its token has been shown.
    case gone

    func values(_ call: Call) -> [String: Any] {
        switch self {
        case .token(let plain): ["token": ["plain": plain, "base": APISnippet.base(call.exchange)]]
        case .gone: ["is_token_gone": true]
        }
    }
}

/// What became of a form for a token.
enum TokenMaking: Sendable {
    case made(String)
    case madeBefore
    case refused(FormProblems)
}

extension Call {
    /// Makes a token, once for the form's hidden key. The answer that is kept doesn't have it.
    func makeToken(_ form: TokenForm, _ typed: FormBody) async throws -> TokenMaking {
        var made: TokenChange.Made?
        do {
            let wish = try form.wish()
            let outcome = try await carryOut(BodySchema("TokenForm", []), [], form: typed) { call in
                try await call.change { tx in
                    made = try await TokenChange.create(wish, call.context, in: tx)
                    return .message("API token created")
                }
            }
            if case .refused(let problems) = outcome { return .refused(problems) }
        } catch let error as ValidationError {
            return FormProblems(error).map { .refused($0) } ?? .madeBefore
        } catch let error as APIError where error.kind == .notFound {
            return .refused(FormProblems("user_id", "There is no such user."))
        }
        guard let made else { return .madeBefore }
        log("API token created", token: made.id)
        return .made(made.plain)
    }

    /// Who did what; never the token.
    func log(_ what: String, token id: Int64) {
        app.faults.logger.notice(
            "\(what)",
            metadata: [
                "token_id": "\(id)", "by_user_id": "\(principal.userID)", "request_id": "\(exchange.requestID)",
            ])
    }
}
