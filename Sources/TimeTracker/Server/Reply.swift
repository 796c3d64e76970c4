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
    /// Validator of the object in the body, quoted (RFC 9110 §8.8.3); sent as a header field too.
    public internal(set) var etag: String?

    public init(status: HTTPResponse.Status, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.body = body
    }

    /// A JSON reply written straight into its buffer.
    public static func json(
        _ status: HTTPResponse.Status = .ok, capacity: Int = 1024, _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return Reply(status: status, body: writer.buffer)
    }

    /// `{"message": …, "<key>": {…}}`, the envelope of create and update (behaviour.md §3.1).
    public static func saved(
        _ status: HTTPResponse.Status, message: String, key: JSONKey, _ model: some JSONModel
    ) -> Reply {
        var start = 0
        let reply = json(status) { json in
            json.beginObject()
            json.key("message")
            json.value(message)
            // The comma comes with the key.
            start = json.count + 1
            json.key(key)
            model.write(to: &json)
            json.endObject()
        }
        let isWhole = model.validated == nil
        return reply.tagged(isWhole ? ETag.ofObject(in: reply.body, from: start) : model.etag(key: key))
    }

    /// `{"<key>": {…}}`, the envelope of a single object.
    public static func single(key: JSONKey, _ model: some JSONModel) -> Reply {
        let reply = json { json in
            json.beginObject()
            json.key(key)
            model.write(to: &json)
            json.endObject()
        }
        // The body is the representation that the validator is of, as a rule.
        return reply.tagged(model.validated == nil ? ETag.of(reply.body) : model.etag(key: key))
    }

    /// `{"message": …}`, the envelope of a delete.
    public static func message(_ text: String) -> Reply {
        json { json in
            json.beginObject()
            json.key("message")
            json.value(text)
            json.endObject()
        }
    }

    /// `{"<key>": [...], "pagination": {...}}` (behaviour.md §3.1, §3.7).
    public static func list<Model: JSONModel>(
        key: JSONKey, _ models: some Sequence<Model>, _ pagination: Pagination
    ) -> Reply {
        json(capacity: 16 * 1024) { json in
            json.beginObject()
            json.key(key)
            json.beginArray()
            for model in models { model.write(to: &json) }
            json.endArray()
            json.key("pagination")
            pagination.write(to: &json)
            json.endObject()
        }
    }
}
