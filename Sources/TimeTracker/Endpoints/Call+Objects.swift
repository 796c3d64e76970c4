import HTTPTypes

/// Handlers of the routes by which objects of a plain resource are made, changed and taken away: input, operation, reply.
extension Call {
    /// - Parameters:
    ///   - key: the object's name in the reply.
    ///   - message: what the reply says.
    func create<Operations: ObjectOperations>(
        _: Operations.Type, _ key: JSONKey, _ message: String
    ) async throws -> Reply where Operations.Changes: BodyReadable {
        var input = try input()
        let changes = Operations.Changes(&input)
        try input.finish()
        return try await change { tx in
            .saved(.created, message: message, key: key, try await Operations.create(changes, context, in: tx))
        }
    }

    /// The object of the path's id; only the fields that are sent change. Honours `If-Match`.
    func update<Operations: ObjectOperations>(
        _: Operations.Type, _ key: JSONKey, _ message: String
    ) async throws -> Reply where Operations.Changes: BodyReadable {
        var input = try input(partial: true)
        let changes = Operations.Changes(&input)
        try input.finish()
        return try await change { tx in
            let saved = try await Operations.update(.init(pathID), changes, context, if: matching(key), in: tx)
            return .saved(.ok, message: message, key: key, saved)
        }
    }

    /// The object of the path's id. Honours `If-Match`.
    func remove<Operations: ObjectOperations>(
        _: Operations.Type, _ key: JSONKey, _ message: String
    ) async throws -> Reply {
        try await change { tx in
            try await Operations.remove(.init(pathID), context, if: matching(key), in: tx)
            return .message(message)
        }
    }
}
