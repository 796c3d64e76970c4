import HTTPTypes
import NIOCore
import Observability

/// What all processes of this host count, for scrapers on the main address.
struct HostMetrics: Sendable {
    let board: StatusBoard
    private let networks: IPAllowList

    /// - Parameter networks: those that need no token; a comma list, empty = none.
    init(board: StatusBoard, networks: String) {
        self.board = board
        self.networks = IPAllowList(networks)
    }

    /// - Throws: ``APIError`` 401 and 403 for those who may not see it.
    func reply(to call: Call) async throws -> Reply {
        if !networks.contains(call.exchange.clientAddress) { try await authorise(call) }
        let accept = call.exchange.headers.first(name: "accept")
        let format = MetricsText.Format(isOpenMetrics: accept?.contains("application/openmetrics-text") == true)
        var reply = Reply(status: .ok, body: ByteBuffer(bytes: MetricsText.render(board, format)))
        reply.contentType = format.contentType
        reply.headers = [("cache-control", "no-store")]
        return reply
    }

    private func authorise(_ call: Call) async throws {
        let principal = try await call.app.authenticator.authenticate(call.exchange)
        call.exchange.tokenID = principal.tokenID
        let required = ScopeRequirement("admin:all")
        guard principal.scopes.satisfies(required) else {
            throw APIError.insufficientScope(required: required.description, available: principal.scopes.list)
        }
        guard principal.isAdmin else { throw APIError.forbidden("This endpoint is for administrators") }
    }
}
