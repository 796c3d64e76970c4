import HTTPTypes
import Postgres

/// `/admin/webhooks`: the list, the page of a webhook, its form (behaviour.md §12.18).
enum WebhookPages {
    static let home = "/admin/webhooks"

    static let routes = [
        Route(.get, path: home, summary: "Webhooks", access: .page(.admin), response: .string(), handler: list),
        Route(
            .get, path: home + "/new", summary: "Page to make a webhook", access: .page(.admin), response: .string()
        ) { call in
            try await form(call, nil, values: WebhookForm.values(Webhook()))
        },
        action(home + "/new", "Make a webhook", form: home + "/new", create),
        Route(
            .get, path: home + "/{id}", summary: "Page of a webhook", access: .page(.admin), response: .string()
        ) { call in
            try await page(call, call.id())
        },
        Route(
            .get, path: home + "/{id}/edit", summary: "Page to change a webhook", access: .page(.admin),
            response: .string()
        ) { call in
            let webhook = try await WebhookStore.find(call.id(), call.context)
            return try await form(call, webhook, values: WebhookForm.values(webhook))
        },
        action(home + "/{id}/edit", "Change a webhook", update),
        action(home + "/{id}/test", "Test a webhook", test),
        action(home + "/{id}/delete", "Delete a webhook", delete),
    ]

    static func action(
        _ path: String, _ summary: String, form: String = home, _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            .post, path: path, summary: summary, access: .page(.adminAction(of: form)), bodyLimit: BodyLimit.longText,
            response: .string(), handler: handler)
    }

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let findings = try await Findings.of {
            var query = call.query
            let isActive = query.boolean("is_active")
            let page = query.page()
            try query.finish()
            let (models, pagination) = try await WebhookStore.list(isActive: isActive, page, call.context)
            return (webhooks: try models.all(), pagination: pagination)
        }
        let webhooks = findings.value?.webhooks ?? []
        let times = try await Times(webhooks.map(\.lastDeliveryAt), call)
        var query = call.query
        var values: [String: Any] = [
            "webhooks": zip(webhooks, times.texts).map { webhook, last in
                [
                    "id": "\(webhook.id)", "name": webhook.name, "url": webhook.url, "events": events(webhook),
                    "status": webhook.isActive ? "Active" : "Inactive",
                    "status_class": webhook.isActive ? "active" : "inactive", "last": last ?? "Never",
                    "deliveries": "\(webhook.totalDeliveries)", "failures": "\(webhook.failedDeliveries)",
                ] as [String: Any]
            },
            "has_webhooks": !webhooks.isEmpty, "is_filtered": call.isFiltered,
            "activity_html": FormOptions.html(
                [
                    .init(value: "", name: "All"), .init(value: "true", name: "Active"),
                    .init(value: "false", name: "Inactive"),
                ], chosen: query.text("is_active") ?? ""),
            "has_problems": findings.problems != nil, "problems": findings.problems?.listed([]) ?? [],
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/webhooks", key: "webhooks")) { $1 }
        return call.page(
            "webhooks", title: "Webhooks", .webhooks, try await loading,
            status: findings.problems == nil ? .ok : .unprocessableContent, values)
    }

    private static func events(_ webhook: Webhook) -> String {
        if webhook.events.contains("*") { return "All events" }
        return webhook.events.count == 1 ? webhook.events[0] : "\(webhook.events.count) events"
    }

    // MARK: Page

    /// - Parameters:
    ///   - secret: one just made, to be shown this once.
    ///   - hasSecretGone: whether the form was sent again, so that its secret has been shown already.
    private static func page(
        _ call: Call, _ id: ID<Webhook>, secret: String? = nil, hasSecretGone: Bool = false,
        status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = WebhookStore.find(id, call.context)
        let findings = try await Findings.of {
            var query = call.query
            let status = query.text("status")
            let page = query.page()
            try query.finish()
            let (models, pagination) = try await WebhookDeliveries.list(of: id, status: status, page, call.context)
            return (deliveries: try models.all(), pagination: pagination)
        }
        let webhook = try await finding
        let deliveries = findings.value?.deliveries ?? []
        let times = try await Times(
            [webhook.createdAt, webhook.lastSuccessAt, webhook.lastFailureAt] + deliveries.map(\.startedAt),
            call)
        var query = call.query
        var values: [String: Any] = [
            "id": "\(webhook.id)", "name": webhook.name, "is_active": webhook.isActive,
            "description": webhook.description ?? "", "has_description": webhook.description?.isEmpty == false,
            "facts": facts(webhook, times), "subscribed": webhook.events.map { $0 == "*" ? "All events" : $0 },
            "deliveries": zip(deliveries, times.texts.dropFirst(3)).map { WebhookDeliveryPages.row($0, at: $1) },
            "has_deliveries": !deliveries.isEmpty, "is_filtered": call.isFiltered,
            "statuses_html": FormOptions.html(
                [.init(value: "", name: "All")]
                    + WebhookDelivery.Status.allCases.map { .init(value: $0.rawValue, name: $0.label) },
                chosen: query.text("status") ?? ""),
            "has_problems": findings.problems != nil, "problems": findings.problems?.listed([]) ?? [],
            "has_secret": secret != nil, "secret": secret ?? "", "has_secret_gone": hasSecretGone,
            "back": "\(home)/\(webhook.id)",
        ]
        values.merge(
            (findings.value?.pagination).map {
                $0.values(path: "\(home)/\(webhook.id)", rawQuery: call.exchange.rawQuery)
            } ?? [:]
        ) { $1 }
        return call.page(
            "webhook", title: webhook.name, .webhooks, try await loading,
            status: findings.problems == nil ? status : .unprocessableContent, values)
    }

    private static func facts(_ webhook: Webhook, _ times: Times) -> [[String: Any]] {
        let fields = WebhookHeaders.fields(webhook.headers.text).map(\.name).joined(separator: ", ")
        let facts = [
            ("Sent to", "\(webhook.method.rawValue) \(webhook.url)"), ("Content type", webhook.contentType),
            ("Header fields", fields),
            ("Retries", "\(webhook.maxRetries), the first after \(webhook.retryDelay) s"),
            ("Waits for an answer", "\(webhook.timeout) s"),
            (
                "Attempts",
                "\(webhook.totalDeliveries): \(webhook.successfulDeliveries) succeeded, \(webhook.failedDeliveries) failed"
            ),
            ("Last success", times.texts[1] ?? ""), ("Last failure", times.texts[2] ?? ""),
            ("Created", times.texts[0] ?? ""),
        ]
        return facts.filter { !$0.1.isEmpty }.map { ["label": $0.0, "value": $0.1] }
    }

    // MARK: Form

    private static func form(
        _ call: Call, _ webhook: Webhook?, values: [String: String] = [:],
        typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        let fields = WebhookForm.fields(isNew: webhook == nil)
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        let address = webhook.map { "\(home)/\($0.id)" }
        return try await ObjectForm(
            heading: webhook.map { "Change \($0.name)" } ?? "New webhook",
            action: address.map { $0 + "/edit" } ?? home + "/new", back: address ?? home, place: .webhooks
        ).page(call, view)
    }

    /// Carries out the form; the secret that is made goes to this answer and nowhere else.
    private static func save(
        _ call: Call, _ typed: FormBody, isNew: Bool, _ operation: @escaping (Call) async throws -> Reply
    ) async throws -> (outcome: Submission, secret: String?) {
        let members: [(String, JSONValue)]
        do {
            members = try WebhookForm.members(typed, isNew: isNew)
        } catch {
            guard let problems = FormProblems(error) else { throw error }
            return (.refused(problems), nil)
        }
        var secret: String?
        let outcome = try await call.carryOut(WebhookInput.body, members, form: typed) { call in
            let reply = try await operation(call)
            secret = (try? JSONValue.parse(reply.body))?["webhook"]?["secret"]?.stringValue?.short
            return reply
        }
        return (outcome, secret)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let (outcome, secret) = try await save(call, typed, isNew: true, WebhookResource.create)
        switch outcome {
        case .done(let answer):
            guard let id = answer.id(of: "webhook") else { return call.seeOther(home, .webhookSaved) }
            return try await page(call, ID(id), secret: secret, hasSecretGone: secret == nil, status: .created)
        case .refused(let problems): return try await form(call, nil, typed: (typed, problems))
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let (outcome, secret) = try await save(call, typed, isNew: false, WebhookResource.update)
        switch outcome {
        case .done:
            let isRenewed = typed.isChecked("generate_secret")
            guard isRenewed else { return call.seeOther("\(home)/\(call.pathID)", .webhookSaved) }
            return try await page(call, call.id(), secret: secret, hasSecretGone: secret == nil)
        case .refused(let problems):
            let webhook = try await WebhookStore.find(call.id(), call.context)
            return try await form(call, webhook, typed: (typed, problems))
        }
    }

    // MARK: Actions

    @Sendable private static func test(_ call: Call) async throws -> Reply {
        let outcome = try await call.carryOut(
            WebhookInput.body, [], form: try call.exchange.form, WebhookDeliveryRoutes.test)
        let address = "\(home)/\(call.pathID)"
        guard case .done(let answer) = outcome else { return call.seeOther(address, .webhookTestFailed) }
        let status = answer["delivery"]?["status"]?.stringValue?.short
        return call.seeOther(
            address,
            status == "success" ? .webhookTested : status == "pending" ? .webhookTestQueued : .webhookTestFailed)
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        _ = try await call.carryOut(WebhookInput.body, [], form: try call.exchange.form, WebhookResource.delete)
        return call.seeOther(home, .webhookDeleted)
    }
}

/// Instants as texts in the visitor's zone and format, looked up together.
struct Times: Sendable {
    /// In the order of the instants; nil for those that are none.
    let texts: [String?]

    init(_ instants: [Instant?], _ call: Call) async throws {
        let known = instants.compactMap { $0?.microseconds }
        let walls = try await Moments.walls(of: known, zone: call.zone, call.db)
        var rest = walls[...]
        let format = call.format
        texts = instants.map { instant in
            guard instant != nil, let wall = rest.popFirst() else { return nil }
            return format.moment(wall)
        }
    }
}
