import NIOCore

/// Finds the text of an import in a request's body (behaviour.md §6.1): the file of a form, a member of a JSON object,
/// or the body itself.
enum ImportSource {
    /// The text in UTF-8.
    ///
    /// - Throws: ``APIError`` 400 for a body that can't be read or has no text.
    static func bytes(of exchange: Exchange) throws -> [UInt8] {
        let type = exchange.headers.first(name: "content-type")
        let bytes: [UInt8]
        if MediaType.isJSON(type) {
            bytes = try json(exchange.body)
        } else if let type, let boundary = MultipartForm.boundary(in: type) {
            guard let file = MultipartForm(raw(exchange), boundary: boundary).part(named: "file") else {
                throw ImportReport.refusal("The form has no field 'file'")
            }
            bytes = file
        } else {
            bytes = raw(exchange)
        }
        let text = ImportText.utf8(bytes)
        guard text.contains(where: { $0 > 0x20 }) else { throw ImportReport.refusal("There is no CSV text") }
        return text
    }

    private static func raw(_ exchange: Exchange) -> [UInt8] {
        exchange.body.map { Array($0.readableBytesView) } ?? []
    }

    private static func json(_ body: ByteBuffer?) throws -> [UInt8] {
        guard let body, let value = try? JSONValue.parse(body) else { throw APIError.malformedJSON }
        for key in ["csv", "data"] {
            guard let member = value[RawText(key)], !member.isNull else { continue }
            guard let text = member.stringValue else { throw ImportReport.refusal("\(key) must be a string") }
            if !text.isEmpty { return Array(text.bytes) }
        }
        return []
    }
}
