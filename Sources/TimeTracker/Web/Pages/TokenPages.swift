import HTTPTypes
import Postgres

/// `/admin/api-tokens` (behaviour.md §12.8). Each action takes JSON with `X-CSRFToken`, or a form.
enum TokenPages {
    private static let home = "/admin/api-tokens"

    static let routes = [
        Route(.get, path: home, summary: "API tokens", access: .page(.admin), response: .string()) { call in
            try await page(call)
        },
        Route(
            .post, path: home, summary: "Make an API token", access: .page(.admin), response: .string(),
            handler: create),
        Route(
            .post, path: home + "/{id}/toggle", summary: "Activate or deactivate an API token",
            access: .page(.adminAction(of: home)), response: .string(), handler: toggle),
        Route(
            .post, path: home + "/{id}/delete", summary: "Delete an API token",
            access: .page(.adminAction(of: home)), response: .string(), handler: delete),
        Route(
            .delete, path: home + "/{id}", summary: "Delete an API token", access: .page(.adminAction(of: home)),
            response: .string(), handler: delete),
    ]

    private static let body = BodySchema("TokenForm", [])

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        guard call.exchange.wantsJSON else { return try await createFromForm(call) }
        let wish = try TokenForm(try call.jsonBody() ?? .object(JSONObject())).wish()
        let made = try await call.context.change { tx in try await TokenChange.create(wish, call.context, in: tx) }
        call.log("API token created", token: made.id)
        var reply = Reply.json(.created) { json in
            json.beginObject()
            json.key("message")
            json.value("API token created. It is shown only once.")
            json.key("token")
            json.value(made.plain)
            json.key("token_id")
            json.value(made.id)
            json.endObject()
        }
        reply.headers = [("cache-control", "no-store")]
        return reply
    }

    private static func createFromForm(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.makeToken(TokenForm(typed), typed) {
        case .made(let token): return try await page(call, shown: .token(token), status: .created)
        case .madeBefore: return try await page(call, shown: .gone, status: .created)
        case .refused(let problems):
            return try await page(call, typed: (typed, problems), status: .unprocessableContent)
        }
    }

    @Sendable private static func toggle(_ call: Call) async throws -> Reply {
        var isActive: Bool?
        let outcome = try await call.carryOut(body, [], form: try call.exchange.form) { call in
            try await call.change { tx in
                isActive = try await TokenChange.toggle(call.pathID, call.context, in: tx)
                return .message(isActive == true ? "API token activated" : "API token deactivated")
            }
        }
        if case .refused(let problems) = outcome { throw APIError.conflict(problems.texts.joined(separator: " ")) }
        // The form that was sent twice has been carried out, and the page shows how it is now.
        guard let isActive else { return .seeOther(home) }
        call.log(isActive ? "API token activated" : "API token deactivated", token: call.pathID)
        guard call.exchange.wantsJSON else {
            return call.seeOther(home, isActive ? .tokenActivated : .tokenDeactivated)
        }
        return .json { json in
            json.beginObject()
            json.key("message")
            json.value(isActive ? "API token activated" : "API token deactivated")
            json.key("is_active")
            json.value(isActive)
            json.endObject()
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        _ = try await call.carryOut(body, [], form: try call.exchange.form) { call in
            try await call.change { tx in
                try await TokenChange.delete(call.pathID, ownedBy: nil, call.context, in: tx)
                return .message("API token deleted")
            }
        }
        call.log("API token deleted", token: call.pathID)
        return call.exchange.wantsJSON ? .message("API token deleted") : call.seeOther(home, .tokenDeleted)
    }

    // MARK: Page

    /// - Parameters:
    ///   - shown: of a token just made.
    ///   - typed: what was refused.
    private static func page(
        _ call: Call, shown: NewToken? = nil, typed: (form: FormBody, problems: FormProblems)? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        async let naming = call.db.query(
            Statement("select id, username from users where is_active order by username limit 1000"))
        let findings = try await Findings.of {
            var query = call.query
            let page = query.page()
            try query.finish()
            return try await ListedToken.list(of: nil, page, zone: call.zone, call.db)
        }
        let owners = try await naming.map { FormField.Option(value: "\($0.int(0))", name: $0.string(1)) }
        let fields = TokenForm.fields(owners: owners, scopes: Scopes.wildcards + Scopes.known)
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: [:])
        let format = call.format
        var values: [String: Any] = [
            "tokens": (findings.value?.tokens ?? []).map { TokenMarkup.values($0, format) },
            "form": view.context, "is_form_open": typed != nil, "has_errors": typed != nil,
            "query_problems": findings.problems?.texts ?? [],
        ]
        values.merge(
            (findings.value?.pagination).map { $0.values(path: home, rawQuery: call.exchange.rawQuery) } ?? [:]
        ) {
            $1
        }
        if let shown { values.merge(shown.values(call)) { $1 } }
        return call.page(
            "tokens", title: "API tokens", .tokens, try await loading,
            status: findings.problems == nil ? status : .unprocessableContent, values)
    }
}
