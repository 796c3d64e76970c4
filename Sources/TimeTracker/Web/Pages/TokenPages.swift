import HTTPTypes
import Logging
import Postgres

/// `/admin/api-tokens` (behaviour.md §12.8). Each action takes JSON with `X-CSRFToken`, or a form post.
enum TokenPages {
    private static let home = "/admin/api-tokens"

    static let routes = [
        Route(.get, path: home, summary: "API tokens", access: .page(.admin), response: .string()) { call in
            try await page(call, TokenForm())
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

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        guard call.exchange.wantsJSON else { return try await createFromForm(call) }
        let made = try await TokenForm(try call.jsonBody() ?? .object(JSONObject())).create(call.db)
        log("API token created", made.id, call)
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
        let form = TokenForm(try call.exchange.form)
        let fields: ValidationErrors
        do {
            let made = try await form.create(call.db)
            log("API token created", made.id, call)
            return try await page(call, TokenForm(), token: made.plain, status: .created)
        } catch let error as ValidationError {
            fields = error.errors
        } catch let error as APIError {
            var problems = error.fields ?? ValidationErrors()
            if error.fields == nil { problems.add("user_id", "There is no such user.") }
            fields = problems
        }
        return try await page(call, form, errors: fields, status: .unprocessableContent)
    }

    @Sendable private static func toggle(_ call: Call) async throws -> Reply {
        let statement = Statement(
            "update api_tokens set is_active = not is_active where id = $1 returning is_active", [.int(call.pathID)])
        guard let isActive = try await call.db.execute(statement).first?.bool(0) else {
            throw APIError.notFound("API token", call.pathID)
        }
        log(isActive ? "API token activated" : "API token deactivated", call.pathID, call)
        guard call.exchange.wantsJSON else {
            call.exchange.setFlash(isActive ? .tokenActivated : .tokenDeactivated, call.app.web)
            return .seeOther(home)
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

    /// Its idempotency records go with it.
    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        let statement = Statement("delete from api_tokens where id = $1 returning id", [.int(call.pathID)])
        guard try await !call.db.execute(statement).isEmpty else { throw APIError.notFound("API token", call.pathID) }
        log("API token deleted", call.pathID, call)
        guard call.exchange.wantsJSON else {
            call.exchange.setFlash(.tokenDeleted, call.app.web)
            return .seeOther(home)
        }
        return .message("API token deleted")
    }

    /// Who did what; never the token.
    private static func log(_ what: Logger.Message, _ id: Int64, _ call: Call) {
        call.app.faults.logger.notice(
            what,
            metadata: [
                "token_id": "\(id)", "by_user_id": "\(call.principal.userID)",
                "request_id": "\(call.exchange.requestID)",
            ])
    }

    // MARK: Page

    private static let select = Statement(
        """
        select t.id, t.name, coalesce(t.description, ''), u.username, t.token_prefix, t.scopes, t.is_active,
               t.expires_at, t.last_used_at, t.usage_count, t.created_at, coalesce(t.ip_whitelist, ''),
               (select coalesce(sum(r.count), 0)::bigint from api_token_uses r
                where r.api_token_id = t.id and r.hour > now() - interval '24 hours')
        from api_tokens t join users u on u.id = t.user_id order by t.created_at desc, t.id desc limit 500
        """)

    /// - Parameter token: one just made, to be shown this once.
    private static func page(
        _ call: Call, _ form: TokenForm, token: String? = nil, errors: ValidationErrors = ValidationErrors(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        let users = try await call.db.query(
            Statement("select id, username from users where is_active order by username"))
        let now = WallClock.now()
        var values: [String: Any] = [
            "tokens": try await call.db.query(select).map { listed($0, now: now) },
            "users": users.map {
                ["id": "\($0.int(0))", "name": $0.string(1), "selected": $0.int(0) == form.userID] as [String: Any]
            },
            "scopes": (Scopes.wildcards + Scopes.known).map {
                ["value": $0, "selected": form.scopes.contains($0)] as [String: Any]
            },
            "name": form.name, "description": form.description, "expires_days": form.expiresDays,
            "allowed_ips": form.allowedIPs, "is_form_open": !errors.isEmpty,
        ]
        for field in TokenForm.fields { values["\(field)_error"] = errors[field]?.joined(separator: " ") }
        if let token {
            let host = call.exchange.headers.first(name: "host")?.short ?? "localhost"
            let scheme = call.exchange.isSecure ? "https" : "http"
            values["token"] = ["plain": token, "base": "\(scheme)://\(host)"]
        }
        return call.page("tokens", title: "API tokens", .tokens, try await Frame.load(call), status: status, values)
    }

    private static func listed(_ row: Row, now: Int64) -> [String: Any] {
        let isExpired = row.timestampOrNull(7).map { $0 < now } ?? false
        let isActive = row.bool(6)
        let uses = row.int(9)
        let state = isExpired ? "Expired" : isActive ? "Active" : "Inactive"
        return [
            "id": "\(row.int(0))", "name": row.string(1), "description": row.string(2), "user": row.string(3),
            "prefix": row.string(4), "scopes": Tags.split(row.string(5)), "status": state,
            "status_class": state.lowercased(), "toggle": isActive ? "Deactivate" : "Activate",
            "expires": day(row.timestampOrNull(7)) ?? "Never",
            "last_used": row.timestampOrNull(8).map(minute) ?? "Never",
            "uses": uses == 1 ? "1 use" : "\(uses) uses", "day_uses": "\(row.int(12)) in 24 h",
            "created": day(row.timestamp(10)) ?? "",
            "only_from": Tags.split(row.string(11)).joined(separator: ", "), "is_restricted": !row.string(11).isEmpty,
        ]
    }

    private static func day(_ instant: Int64?) -> String? {
        instant.map { String(InstantFormat.text($0).prefix(10)) }
    }

    private static func minute(_ instant: Int64) -> String {
        InstantFormat.text(instant).prefix(16).replacing("T", with: " ") + " UTC"
    }
}
