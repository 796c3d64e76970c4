import HTTPTypes
import Postgres

/// `/profile`: one's own settings, browser sessions and tokens (behaviour.md §12.21). Viewers have one too.
enum ProfilePages {
    private static let home = "/profile"

    static let routes = [
        Route(.get, path: home, summary: "Profile", access: .page(.user), response: .string()) { call in
            try await page(call)
        },
        Route(
            .post, path: home, summary: "Change one's profile", access: .page(.action(of: home)), response: .string(),
            handler: save),
        Route(
            .post, path: home + "/sessions/end", summary: "End a session", access: .page(.action(of: home)),
            response: .string()
        ) { call in
            let hash = try call.exchange.form.trimmed("session")
            let isEnded = try await call.app.web.sessions.end(hash, of: call.principal.userID)
            return call.seeOther(home, isEnded ? .sessionEnded : .sessionGone)
        },
        Route(
            .post, path: home + "/sessions/end-others", summary: "End all other sessions",
            access: .page(.action(of: home)), response: .string()
        ) { call in
            guard let own = call.visit.session else { throw APIError.signInRequired }
            try await call.app.web.sessions.endOthers(of: call.principal.userID, except: own)
            return call.seeOther(home, .sessionsEnded)
        },
        Route(
            .post, path: home + "/tokens", summary: "Make a token for oneself", access: .page(.action(of: home)),
            response: .string(), handler: makeToken),
        Route(
            .post, path: home + "/tokens/{id}/delete", summary: "Delete a token of one's own",
            access: .page(.action(of: home)), response: .string(), handler: deleteToken),
    ]

    // MARK: Page

    /// A form that was refused, as it was typed.
    private struct Refused {
        let form: FormBody
        let problems: FormProblems
    }

    private static func page(
        _ call: Call, profile refused: Refused? = nil, token refusedToken: Refused? = nil, shown: NewToken? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        let userID = call.principal.userID
        async let loading = Frame.load(call)
        async let listing = call.app.web.sessions.list(of: userID, zone: call.zone)
        async let owning = ListedToken.list(of: userID, PageRequest(page: 1, perPage: 100), zone: call.zone, call.db)
        let view =
            if let refused {
                FormView(ProfileForm.fields, typed: refused.form, refused.problems)
            } else {
                FormView(
                    ProfileForm.fields, values: ProfileForm.values(try await UserProfile.find(userID, call.db)))
            }
        let sessions = try await listing
        let own = call.visit.session?.hash
        let format = call.format
        let tokens = try await owning.tokens
        var values: [String: Any] = [
            "profile": view.context, "has_errors": refused != nil || refusedToken != nil,
            "sessions": sessions.map { session in
                [
                    "hash": session.hash, "is_own": session.hash == own, "began": format.moment(session.began),
                    "seen": format.moment(session.seen), "ends": format.moment(session.ends),
                    "device": DeviceName.text(session.client.userAgent), "address": session.client.address,
                    "agent": session.client.userAgent ?? "",
                ] as [String: Any]
            },
            "has_others": sessions.contains { $0.hash != own },
            "tokens": tokens.map { TokenMarkup.values($0, format) }, "has_tokens": !tokens.isEmpty,
        ]
        if mayMakeTokens(call) {
            let fields = TokenForm.fields(owners: nil, scopes: scopes(call))
            let view =
                refusedToken.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: [:])
            values["token_form"] = view.context.merging(["is_open": refusedToken != nil]) { $1 }
        }
        if let shown { values.merge(shown.values(call)) { $1 } }
        return call.page("profile", title: "Profile", nil, try await loading, status: status, values)
    }

    // MARK: Settings

    @Sendable private static func save(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        do {
            let profile = try ProfileForm.profile(typed)
            try await call.db.transaction { tx in try await profile.save(call.principal.userID, in: tx) }
        } catch {
            guard let problems = FormProblems(error) else { throw error }
            return try await page(
                call, profile: Refused(form: typed, problems: problems), status: .unprocessableContent)
        }
        call.app.web.users.forget(call.principal.userID)
        return call.seeOther(home, .profileSaved)
    }

    // MARK: Tokens

    private static func mayMakeTokens(_ call: Call) -> Bool {
        call.principal.isWriter && (call.settings.allowsUserTokens || call.principal.isAdmin)
    }

    private static func scopes(_ call: Call) -> [String] {
        (Scopes.wildcards + Scopes.known).filter {
            call.principal.isAdmin || (try? Scopes.validated($0, ownerIsAdmin: false)) != nil
        }
    }

    @Sendable private static func makeToken(_ call: Call) async throws -> Reply {
        guard mayMakeTokens(call) else { throw APIError.forbidden("Only administrators make API tokens here") }
        let typed = try call.exchange.form
        switch try await call.makeToken(TokenForm(typed, ownerID: call.principal.userID), typed) {
        case .made(let token): return try await page(call, shown: .token(token), status: .created)
        case .madeBefore: return try await page(call, shown: .gone, status: .created)
        case .refused(let problems):
            return try await page(call, token: Refused(form: typed, problems: problems), status: .unprocessableContent)
        }
    }

    /// Also by viewers, and where nobody may make any: who finds one that he doesn't know can take it away.
    @Sendable private static func deleteToken(_ call: Call) async throws -> Reply {
        let userID = call.principal.userID
        do {
            try await call.db.transaction { tx in
                try await TokenChange.delete(call.pathID, ownedBy: userID, call.context, in: tx)
            }
        } catch let error as APIError where error.kind == .notFound {
            return call.seeOther(home, .tokenGone)
        }
        call.log("API token deleted", token: call.pathID)
        return call.seeOther(home, .tokenDeleted)
    }
}
