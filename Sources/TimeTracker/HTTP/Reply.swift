import HTTPTypes
import NIOCore

/// What a handler answers: status, extra header fields, body.
public struct Reply: Sendable {
    public var status: HTTPResponse.Status
    /// Media type of the body; JSON unless told otherwise (behaviour.md §1.4).
    public var contentType: StaticString = "application/json"
    public var headers: [(name: String, value: String)] = []
    public var body: ByteBuffer
    /// What a repeated request with the same `Idempotency-Key` gets, where the body holds something that is shown once;
    /// nil = the body.
    var keptBody: ByteBuffer?
    /// Whether it only tells what would be done, so that a repeated request with the same key is the first one still.
    var isTrial = false
    /// Validator of the object in the body, quoted (RFC 9110 §8.8.3); sent as a header field too.
    public internal(set) var etag: String?
    /// Takes over a response that goes on after its head, on the reactor's thread; such a reply has no body.
    var opening: (@Sendable (EventStream) -> Void)?

    public init(status: HTTPResponse.Status, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.body = body
    }
}
