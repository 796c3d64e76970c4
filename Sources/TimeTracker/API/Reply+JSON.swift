import HTTPTypes

extension Reply {
    /// A JSON reply written straight into its buffer.
    public static func json(
        _ status: HTTPResponse.Status = .ok, capacity: Int = 1024, _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return Reply(status: status, body: writer.finish())
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
        json(capacity: 48 * 1024) { json in
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

extension Reply {
    /// `{"<key>": [...], "pagination": {...}}` (behaviour.md §3.1, §3.7).
    ///
    /// - Throws: ``RowDecodingError``.
    static func list<Model: JSONModel & RowProjection>(
        key: JSONKey, _ models: ModelRows<Model>, _ pagination: Pagination
    ) throws -> Reply {
        try json(capacity: 48 * 1024) { json in
            json.beginObject()
            json.key(key)
            json.beginArray()
            for index in models.indices {
                let model = try models.borrowed(at: index)
                model.write(to: &json)
            }
            withExtendedLifetime(models) {}
            json.endArray()
            json.key("pagination")
            pagination.write(to: &json)
            json.endObject()
        }
    }
}

extension APIError {
    /// The standard error body.
    public var reply: Reply {
        var reply = Reply.json(status) { json in
            json.beginObject()
            json.key("success")
            json.value(false)
            json.key("error")
            json.value(error)
            json.key("message")
            json.value(message)
            json.key("error_code")
            json.value(code)
            if let fields {
                json.key("errors")
                fields.write(to: &json)
            }
            extra?(&json)
            json.endObject()
        }
        reply.headers = headers
        return reply
    }
}
