extension JSONModel {
    /// Validator of `{"<key>": {…}}`.
    func etag(key: JSONKey) -> String {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        json.key(key)
        (validated ?? self).write(to: &json)
        json.endObject()
        return ETag.of(json.finish())
    }
}

extension Call {
    /// ``requireMatch(_:key:)`` for objects that an operation is to find.
    func matching<Model: JSONModel>(_ key: JSONKey) -> Expectation<Model> {
        { try self.requireMatch($0, key: key) }
    }

    /// Refuses a change of an object that isn't the one the client has seen, if it sent `If-Match`.
    ///
    /// - Parameter model: the stored object, locked.
    /// - Throws: ``APIError`` 412.
    func requireMatch(_ model: some JSONModel, key: JSONKey) throws {
        let expected = exchange.headers.list(name: "if-match")
        guard !expected.isEmpty else { return }
        guard ETag.isNamed(model.etag(key: key), by: expected, isWeak: false) else { throw APIError.preconditionFailed }
    }
}
