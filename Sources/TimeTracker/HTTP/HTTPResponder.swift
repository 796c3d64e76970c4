/// What answers the requests that connections take in.
protocol HTTPResponder: Sendable {
    /// The answer, if nothing has to be waited for; nil when it takes a task, which ``respond(to:)`` runs in.
    func answer(_ exchange: Exchange) -> Reply?
    func respond(to exchange: Exchange) async -> Reply
    /// The answer to what is no request, or has no end.
    func reply(to refusal: HTTPRefusal) -> Reply
}

extension HTTPResponder {
    func answer(_ exchange: Exchange) -> Reply? { nil }
}
