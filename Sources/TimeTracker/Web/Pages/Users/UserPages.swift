import HTTPTypes
import Postgres

/// `/admin/users`: the list, the page of a user, its form (behaviour.md §12.22).
enum UserPages {
    static let home = "/admin/users"

    static let routes = [
        page(home, "Users", list),
        page(home + "/new", "Page to make a user") { call in
            try await form(
                call, nil, values: ["role": Role.user.rawValue, "is_active": "on", "must_change_password": "on"])
        },
        action("/new", "Make a user", form: home + "/new", create),
        page(home + "/{id}", "Page of a user", shows: .user) { try await show($0) },
        page(home + "/{id}/edit", "Page to change a user") { call in
            async let accessing = UserStore.access(to: call.id(), call.db)
            async let offering = UserStore.assignableClients(call.id(), most: UserForm.mostClients, call.db)
            let user = try await UserStore.find(call.id(), call.context)
            let offered = try await offering
            let assigned = offered.filter(\.isAssigned).map(\.id)
            return try await form(
                call, user, offered: offered,
                values: UserForm.values(user, try await accessing, clientIDs: assigned))
        },
        action("/{id}/edit", "Change a user", update),
        action("/{id}/activate", "Activate a user") { try await setActive(true, $0) },
        action("/{id}/deactivate", "Deactivate a user") { try await setActive(false, $0) },
        action("/{id}/reset-password", "Give a user a new password", resetPassword),
        action("/{id}/delete", "Delete a user", delete),
    ]

    private static func page(
        _ path: String, _ summary: String, shows: EntityType? = nil, _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            .get, path: path, summary: summary, access: .page(.admin), response: .string(), shows: shows,
            handler: handler)
    }

    private static func action(
        _ path: String, _ summary: String, form: String = home, _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            .post, path: home + path, summary: summary, access: .page(.adminAction(of: form)), response: .string(),
            handler: handler)
    }

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let findings = try await Findings.of {
            var query = call.query
            let role = query.words("role", Role.allCases.map { (word: $0.rawValue, values: [$0]) })
            let filter = UserStore.Filter(
                search: query.text("search"), role: role?.first, isActive: query.boolean("is_active"))
            let page = query.page()
            try query.finish()
            let (models, pagination) = try await UserStore.list(filter, page, call.context)
            return (users: try models.all(), pagination: pagination)
        }
        let users = findings.value?.users ?? []
        let times = try await Times(users.map(\.lastLogin), call)
        var query = call.query
        let all = FormField.Option(value: "", name: "All")
        var values: [String: Any] = [
            "users": zip(users, times.texts).map { row($0, lastLogin: $1) }, "has_users": !users.isEmpty,
            "is_filtered": call.isFiltered, "search": query.text("search") ?? "",
            "roles": FormOptions.values([all] + UserForm.roles, chosen: query.text("role") ?? ""),
            "activity": FormOptions.values(
                [all, .init(value: "true", name: "Active"), .init(value: "false", name: "Inactive")],
                chosen: query.text("is_active") ?? ""),
            "has_problems": findings.problems != nil, "problems": findings.problems?.listed([]) ?? [],
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        return call.page(
            "users", title: "Users", .users, try await loading,
            status: findings.problems == nil ? .ok : .unprocessableContent, values)
    }

    private static func row(_ user: User, lastLogin: String?) -> [String: Any] {
        [
            "id": "\(user.id)", "username": user.username, "full_name": user.fullName ?? "",
            "role": user.shownRole.words, "is_active": user.isActive,
            "status": user.isActive ? "Active" : "Inactive", "status_class": user.isActive ? "active" : "inactive",
            "hours": PersonFormat.hours(user.totalSeconds), "last_login": lastLogin ?? "Never",
        ]
    }

    // MARK: Page

    /// - Parameters:
    ///   - password: one just made, to be shown this once.
    ///   - hasPasswordGone: whether the form was sent again, so that its password has been shown already.
    private static func show(_ call: Call, password: String? = nil, hasPasswordGone: Bool = false) async throws -> Reply
    {
        async let loading = Frame.load(call)
        async let accessing = UserStore.access(to: call.id(), call.db)
        let user = try await UserStore.find(call.id(), call.context)
        let access = try await accessing
        let times = try await Times([user.lastLogin, user.createdAt], call)
        var values = row(user, lastLogin: times.texts[0])
        let state =
            !access.hasPassword
            ? "None: nobody can sign in with this account" : access.mustChangePassword ? "Has to be changed" : "Set"
        let facts = [
            ("Full name", user.fullName ?? ""), ("Email", user.email ?? ""), ("Role", user.shownRole.words),
            ("Password", state), ("Last sign-in", times.texts[0] ?? "Never"), ("Made", times.texts[1] ?? ""),
            ("Hours", PersonFormat.hours(user.totalSeconds)), ("Signed-in browsers", "\(access.sessions)"),
            ("API tokens", "\(access.tokens)"),
        ]
        values["facts"] = facts.filter { !$0.1.isEmpty }.map { ["label": $0.0, "value": $0.1] }
        values["shows_clients"] = user.role == .subcontractor
        values["assigned"] = access.clients
        values["has_clients"] = !access.clients.isEmpty
        values["is_self"] = user.id.number == call.principal.userID
        values["has_password"] = password != nil
        values["password"] = password ?? ""
        values["has_password_gone"] = hasPasswordGone
        values["back"] = "\(home)/\(user.id)"
        return call.page("user", title: user.username, .users, try await loading, values)
    }

    // MARK: Form

    private static func form(
        _ call: Call, _ user: User?, offered: [(id: Int64, name: String, isAssigned: Bool)]? = nil,
        values: [String: String] = [:], typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        let clients =
            if let offered { offered } else {
                try await UserStore.assignableClients(user?.id, most: UserForm.mostClients, call.db)
            }
        let fields = UserForm.fields(
            isNew: user == nil, clients: clients.map { .init(value: "\($0.id)", name: $0.name) })
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        let address = user.map { "\(home)/\($0.id)" }
        return try await ObjectForm(
            heading: user.map { "Change \($0.username)" } ?? "New user",
            action: address.map { $0 + "/edit" } ?? home + "/new", back: address ?? home, place: .users
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let members = UserForm.members(UserForm.fields(isNew: true, clients: []), typed) + assigned(typed)
        let outcome = try await call.carryOut(UserInput.body, members, form: typed) { asked in
            let changes = try await changes(asked, typed)
            return try await asked.change { tx in
                let user = try await UserOperations.create(changes, call.context, in: tx)
                return .saved(.created, message: "User created", key: "user", user)
            }
        }
        switch outcome {
        case .done(let answer):
            return call.seeOther(answer.id(of: "user").map { "\(home)/\($0)" } ?? home, .userSaved)
        case .refused(let problems): return try await form(call, nil, typed: (typed, problems))
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let members = UserForm.members(UserForm.fields(isNew: false, clients: []), typed) + assigned(typed)
        switch try await change(call, members, typed, { try await changes($0, typed) }).outcome {
        case .done: return call.seeOther("\(home)/\(call.pathID)", .userSaved)
        case .refused(let problems):
            return try await form(call, try await UserStore.find(call.id(), call.context), typed: (typed, problems))
        }
    }

    private static func assigned(_ typed: FormBody) -> [(String, JSONValue)] {
        [("client_ids", .array(typed.all("client_ids").map { .string(RawText($0)) }))]
    }

    /// What a form asks for; its password has been hashed.
    private static func changes(_ call: Call, _ typed: FormBody) async throws -> UserChanges {
        var input = try call.input()
        var changes = UserChanges(&input)
        let (password, again) = (typed.text("password") ?? "", typed.text("confirm") ?? "")
        let isGiven = !password.isEmpty || !again.isEmpty
        if isGiven {
            for (field, problem) in NewPassword.problems(password, confirmation: again) {
                input.errors.add(field, problem)
            }
        }
        try input.finish()
        if isGiven { changes.passwordHash = try await call.app.passwords.withPlace { try await $0.hash(password) } }
        return changes
    }

    // MARK: Actions

    /// Carries out a change of the path's user. Sessions that it ends are over at once in all workers.
    ///
    /// - Returns: also whether it was carried out by this request, and not by an earlier post of the form.
    private static func change(
        _ call: Call, _ members: [(String, JSONValue)], _ typed: FormBody,
        _ changes: (Call) async throws -> UserChanges
    ) async throws -> (outcome: Submission, isNew: Bool) {
        var ended: [String]?
        let outcome = try await call.carryOut(UserInput.body, members, form: typed) { asked in
            let changes = try await changes(asked)
            var sessions: [String] = []
            let reply = try await asked.change { tx in
                // By the installation's settings, not those of who asks: events show the user's.
                let update = try await UserOperations.update(
                    call.id(), changes, keeping: call.visit.session?.hash, call.context, in: tx)
                sessions = update.endedSessions
                return .saved(.ok, message: "User updated", key: "user", update.user)
            }
            ended = sessions
            return reply
        }
        await call.app.web.sessions.forget(ended ?? [])
        call.app.web.users.forget(call.pathID)
        return (outcome, ended != nil)
    }

    private static func setActive(_ isActive: Bool, _ call: Call) async throws -> Reply {
        let (outcome, _) = try await change(call, [], try call.exchange.form) { _ in
            var changes = UserChanges()
            changes.isActive = .value(isActive)
            return changes
        }
        let address = "\(home)/\(call.pathID)"
        guard case .done = outcome else { return call.seeOther(address, .lastAdministrator) }
        return call.seeOther(address, .userSaved)
    }

    /// The password that is made goes to this answer and nowhere else.
    @Sendable private static func resetPassword(_ call: Call) async throws -> Reply {
        let password = RandomText.alphanumeric(16)
        let (_, isNew) = try await change(call, [], try call.exchange.form) { call in
            var changes = UserChanges()
            changes.passwordHash = try await call.app.passwords.withPlace { try await $0.hash(password) }
            changes.mustChangePassword = .value(true)
            return changes
        }
        return try await show(call, password: isNew ? password : nil, hasPasswordGone: !isNew)
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        let outcome = try await call.carryOut(UserInput.body, [], form: try call.exchange.form) { call in
            try await call.change { tx in
                try await UserOperations.delete(call.id(), call.context, in: tx)
                return .message("User deleted")
            }
        }
        switch outcome {
        case .done:
            call.app.web.users.forget(call.pathID)
            return call.seeOther(home, .userDeleted)
        case .refused(let problems):
            let isLast = problems.code == "validation_error"
            return call.seeOther("\(home)/\(call.pathID)", isLast ? .lastAdministrator : .userInUse)
        }
    }
}
