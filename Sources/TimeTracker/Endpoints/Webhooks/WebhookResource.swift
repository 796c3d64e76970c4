import HTTPTypes

/// `/api/v1/webhooks` (behaviour.md §10.1).
enum WebhookResource: Resource {
    static let read = Route.Access.token(.init("read:webhooks"))
    static let write = Route.Access.token(.init("write:webhooks"))

    static let routes =
        [
            Route(
                .get, path: "/api/v1/webhooks", summary: "List webhooks",
                details: "Newest first. Administrators see all, others their own.", access: read,
                query: [.boolean("is_active", "Only active or only inactive ones"), .page, .perPage],
                response: .list("webhooks", of: Webhook.schema), handler: list),
            Route(
                .post, path: "/api/v1/webhooks", summary: "Create a webhook",
                details: """
                    The answer holds the secret that signs deliveries. It is not shown again, not even to a request repeated with \
                    the same Idempotency-Key: that gets the same answer with secret null, and can ask for a new one by updating \
                    the webhook with generate_secret.
                    """, access: write,
                body: WebhookInput.body, success: .created, response: .saved("webhook", WebhookWithSecret.schema),
                handler: create),
            Route(
                .get, path: "/api/v1/webhooks/events", summary: "List the events that webhooks can be told of",
                access: read,
                response: .object(properties: [("events", .array(of: .string()))], required: ["events"])
            ) { _ in
                .json { json in
                    json.beginObject()
                    json.key("events")
                    json.beginArray()
                    for event in EventType.all { json.value(event) }
                    json.endArray()
                    json.endObject()
                }
            },
            Route(
                .get, path: "/api/v1/webhooks/{id}", summary: "Get a webhook", access: read,
                response: .single("webhook", Webhook.schema), isConditional: true
            ) { call in
                .single(key: "webhook", try await WebhookStore.find(call.id(), call.context))
            },
            Route(
                .put, .patch, path: "/api/v1/webhooks/{id}", summary: "Update a webhook",
                details: """
                    Only the fields that are sent change. With generate_secret or secret the answer holds the new secret; it \
                    is not shown again.
                    """, access: write, body: WebhookInput.body, response: .saved("webhook", Webhook.schema),
                isConditional: true,
                handler: update),
            Route(
                .delete, path: "/api/v1/webhooks/{id}", summary: "Delete a webhook",
                details: "With all its deliveries.", access: write, response: .message, isConditional: true,
                handler: delete),
        ] + WebhookDeliveryRoutes.routes

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let isActive = query.boolean("is_active")
        let page = query.page()
        try query.finish()
        let (webhooks, pagination) = try await WebhookStore.list(isActive: isActive, page, call.context)
        return try .list(key: "webhooks", webhooks, pagination)
    }

    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = WebhookChanges(&input, reachesPrivateNetworks: call.app.webhooksReachPrivateNetworks)
        try input.finish()
        return try await call.change { tx in
            let (saved, secret) = try await WebhookOperations.create(changes, call.context, in: tx)
            var reply = Reply.saved(
                .created, message: "Webhook created successfully", key: "webhook",
                WebhookWithSecret(webhook: saved, secret: secret))
            if secret != nil {
                reply.keptBody =
                    Reply.saved(
                        .created,
                        message: "Webhook created successfully; its secret was shown in the first answer only",
                        key: "webhook", WebhookWithSecret(webhook: saved, secret: nil)
                    ).body
            }
            return reply
        }
    }

    @Sendable static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = WebhookChanges(&input, reachesPrivateNetworks: call.app.webhooksReachPrivateNetworks)
        try input.finish()
        return try await call.change { tx in
            let (saved, secret) = try await WebhookOperations.update(
                call.id(), changes, call.context, if: call.matching("webhook"), in: tx)
            let message = "Webhook updated successfully"
            guard let shown = secret else { return .saved(.ok, message: message, key: "webhook", saved) }
            var reply = Reply.saved(
                .ok, message: message, key: "webhook", WebhookWithSecret(webhook: saved, secret: shown))
            // Whoever repeats the request has been shown the secret.
            reply.keptBody = Reply.saved(.ok, message: message, key: "webhook", saved).body
            return reply
        }
    }

    @Sendable static func delete(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await WebhookOperations.delete(call.id(), call.context, if: call.matching("webhook"), in: tx)
            return .message("Webhook deleted successfully")
        }
    }
}
