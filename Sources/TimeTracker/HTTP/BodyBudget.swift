/// Bytes of requests that a worker holds in memory at once, in all and for each client, so that nobody fills it.
///
/// Confined to the event loop.
final class BodyBudget: @unchecked Sendable {
    private let perWorker: Int
    private let perClient: Int
    private var total = 0
    private var clients: [String: Int] = [:]

    init(perWorker: Int, perClient: Int) {
        self.perWorker = perWorker
        self.perClient = perClient
    }

    /// Bytes held now.
    var used: Int { total }

    /// - Parameter client: its address.
    /// - Returns: whether there is room; what was reserved has to be released.
    func reserve(_ bytes: Int, for client: String) -> Bool {
        let held = clients[client] ?? 0
        guard total + bytes <= perWorker, held + bytes <= perClient else { return false }
        guard bytes > 0 else { return true }
        total += bytes
        clients[client] = held + bytes
        return true
    }

    func release(_ bytes: Int, for client: String) {
        guard bytes > 0, let held = clients[client] else { return }
        total -= bytes
        clients[client] = held > bytes ? held - bytes : nil
    }
}
