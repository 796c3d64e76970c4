import HTTPTypes
import NIOCore

/// The stored answer of a request that was carried out.
struct IdempotencyRecord: Sendable {
    /// Seconds for which a key is remembered (behaviour.md §2.9).
    static let lifetime = 86_400

    let status: Int
    let body: ByteBuffer

    var replay: Reply {
        var reply = Reply(status: status == 201 ? .created : HTTPResponse.Status(integerLiteral: status), body: body)
        reply.headers = [("idempotency-replayed", "true")]
        return reply
    }
}
