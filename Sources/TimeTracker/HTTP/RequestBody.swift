import NIOCore

/// The body of a request, which comes in only after somebody has asked for it.
///
/// So route, authentication and rate limit are decided at the head, with a limit that is the route's own, and what nobody
/// asks for stays in the socket. Confined to the connection's event loop, on which the request's task runs too.
final class RequestBody: @unchecked Sendable {
    /// Bytes that may come before anybody has asked; the connection stops reading above it.
    static let maxUnasked = 64 * 1024
    /// Chunked bodies claim memory in steps of this many bytes.
    private static let step = 64 * 1024

    let framing: RequestFraming
    private let client: String
    private let budget: BodyBudget
    /// Lets the connection read on; called once, when the body is asked for and not complete.
    private let onWanted: () -> Void

    private var buffer: ByteBuffer?
    private var reserved = 0
    private var limit: Int?
    private var waiter: CheckedContinuation<Void, any Error>?
    private var failure: (any Error)?
    private(set) var isComplete = false

    init(framing: RequestFraming, client: String, budget: BodyBudget, onWanted: @escaping () -> Void) {
        self.framing = framing
        self.client = client
        self.budget = budget
        self.onWanted = onWanted
    }

    var received: Int { buffer?.readableBytes ?? 0 }
    /// Whether somebody waits for the rest.
    var isAwaited: Bool { waiter != nil }

    /// Whether the rest is not wanted any more.
    var isBroken: Bool { failure != nil }

    /// Bytes that are still to come; nil when nobody can tell.
    var remaining: Int? {
        switch framing {
        case .length(let length): max(0, length - received)
        case .chunked: isComplete ? 0 : nil
        }
    }

    /// The whole body.
    ///
    /// - Parameter limit: bytes.
    /// - Throws: ``HTTPRefusal`` 413 for a larger one, 503 when the memory for bodies is used up, 408 when it came too slowly,
    ///   400 when the client has left in the middle.
    func collect(limit: Int) async throws -> ByteBuffer? {
        if let failure { throw failure }
        self.limit = limit
        let size = if case .length(let length) = framing { length } else { received }
        guard size <= limit else { throw fail(HTTPRefusal.payloadTooLarge(limit: limit)) }
        guard reserve(size) else { throw fail(HTTPRefusal.overloaded) }
        guard !isComplete else { return buffer }
        buffer?.reserveCapacity(reserved)
        try await withCheckedThrowingContinuation { continuation in
            waiter = continuation
            onWanted()
        }
        return buffer
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        let size = received + bytes.count
        if let limit {
            guard size <= limit else { return resume(throwing: HTTPRefusal.payloadTooLarge(limit: limit)) }
            guard size <= reserved || reserve(size + Self.step) else {
                return resume(throwing: HTTPRefusal.overloaded)
            }
        }
        // All at once where the size is known: growing step by step would hold the body twice.
        if buffer == nil {
            buffer = ByteBufferAllocator().buffer(capacity: max(bytes.count, limit == nil ? 0 : reserved))
        }
        buffer?.writeBytes(bytes)
    }

    func finish() {
        isComplete = true
        let waiter = self.waiter
        self.waiter = nil
        waiter?.resume()
    }

    /// The rest will not come, or is not wanted.
    func resume(throwing error: any Error) {
        _ = fail(error)
        let waiter = self.waiter
        self.waiter = nil
        waiter?.resume(throwing: error)
    }

    /// The request is answered: gives the memory back.
    func release() {
        buffer = nil
        budget.release(reserved, for: client)
        reserved = 0
    }

    private func fail(_ error: any Error) -> any Error {
        if failure == nil { failure = error }
        release()
        return error
    }

    /// Claims memory up to `size` bytes in all.
    private func reserve(_ size: Int) -> Bool {
        guard size > reserved else { return true }
        guard budget.reserve(size - reserved, for: client) else { return false }
        reserved = size
        return true
    }
}
