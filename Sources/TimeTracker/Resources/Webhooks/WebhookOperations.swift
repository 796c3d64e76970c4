import Postgres

/// What can be done with webhooks (behaviour.md §10.1).
enum WebhookOperations {
    /// - Returns: the webhook and its secret, which is shown once; nil when it has none.
    static func create(_ changes: WebhookChanges, _ context: Context, in tx: PostgresTransaction) async throws
        -> (webhook: Webhook, secret: String?)
    {
        var webhook = Webhook()
        changes.apply(to: &webhook)
        let secret = changes.secret(isNew: true)
        return (try await WebhookStore.save(webhook, secret: secret, context, in: tx), secret.value)
    }

    /// - Parameter isExpected: throws when the stored webhook is not the one that the caller knows.
    /// - Returns: the webhook and its new secret, if it has been given one.
    static func update(
        _ id: ID<Webhook>, _ changes: WebhookChanges, _ context: Context, if isExpected: Expectation<Webhook>,
        in tx: PostgresTransaction
    ) async throws -> (webhook: Webhook, secret: String?) {
        var webhook = try await WebhookStore.lock(id, context, in: tx)
        try isExpected(webhook)
        changes.apply(to: &webhook)
        let secret = changes.secret(isNew: false)
        return (try await WebhookStore.save(webhook, secret: secret, context, in: tx), secret.value)
    }

    /// With all its deliveries.
    ///
    /// - Parameter isExpected: throws when the stored webhook is not the one that the caller knows.
    static func delete(
        _ id: ID<Webhook>, _ context: Context, if isExpected: Expectation<Webhook>, in tx: PostgresTransaction
    ) async throws {
        let webhook = try await WebhookStore.lock(id, context, in: tx)
        try isExpected(webhook)
        _ = try await tx.query(Statement("delete from webhooks where id = $1", [webhook.id.parameter]))
    }
}
