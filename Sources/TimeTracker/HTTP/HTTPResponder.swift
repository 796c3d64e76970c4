/// What answers the requests that connections take in.
protocol HTTPResponder: Sendable {
    func respond(to exchange: Exchange) async -> Reply
    /// The answer to what is no request, or has no end.
    func reply(to refusal: HTTPRefusal) -> Reply
}
