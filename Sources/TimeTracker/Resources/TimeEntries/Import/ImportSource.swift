import NIOCore

/// Finds the text of an import in a request's body (contract 02 §4.9): the file of a form, a member of a JSON object, or
/// the body itself.
enum ImportSource {
    /// - Throws: ``APIError`` 400 for a body that can't be read or has no text.
    static func bytes(of exchange: Exchange) throws -> [UInt8] {
        let body = exchange.body.map { Array($0.readableBytesView) } ?? []
        let type = exchange.headers.first(name: "content-type")?.prefix(codePoints: 1000)
        let bytes: [UInt8]
        if MediaType.isJSON(type) {
            bytes = try json(exchange.body)
        } else if let type, let boundary = MultipartForm.boundary(in: type.unchecked) {
            guard let file = MultipartForm(body, boundary: boundary).part(named: "file") else {
                throw ImportReport.refusal("The form has no field 'file'")
            }
            bytes = file
        } else {
            bytes = body
        }
        guard bytes.contains(where: { $0 > 0x20 }) else { throw ImportReport.refusal("There is no CSV text") }
        return bytes
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

/// A `multipart/form-data` body (RFC 7578), as far as one file needs it.
struct MultipartForm {
    private let body: [UInt8]
    private let delimiter: [UInt8]

    init(_ body: [UInt8], boundary: String) {
        self.body = body
        delimiter = Array("--\(boundary)".utf8)
    }

    /// The boundary parameter of such a media type; nil for other types.
    static func boundary(in contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map { Tags.trim(String($0)) }
        guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
        for part in parts.dropFirst() where part.lowercased().hasPrefix("boundary=") {
            let value = part.dropFirst("boundary=".count)
            return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
        }
        return nil
    }

    /// Content of the first part with this field name.
    func part(named name: String) -> [UInt8]? {
        var start = position(of: delimiter, from: 0)
        while let begin = start {
            let contentStart = begin + delimiter.count
            guard let end = position(of: [0x0D, 0x0A] + delimiter, from: contentStart) else { return nil }
            let part = body[contentStart..<end]
            if let split = position(of: [0x0D, 0x0A, 0x0D, 0x0A], from: contentStart), split < end {
                let head = String(decoding: part[..<split], as: UTF8.self)
                if Self.fieldName(head) == name { return Array(body[(split + 4)..<end]) }
            }
            start = end + 2
        }
        return nil
    }

    private static func fieldName(_ head: String) -> String? {
        for line in head.split(whereSeparator: \.isNewline)
        where line.lowercased().hasPrefix("content-disposition:") {
            for parameter in line.split(separator: ";").map({ Tags.trim(String($0)) })
            where parameter.lowercased().hasPrefix("name=") {
                return String(parameter.dropFirst(5)).replacing("\"", with: "")
            }
        }
        return nil
    }

    private func position(of pattern: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first, start + pattern.count <= body.count else { return nil }
        var index = start
        while index + pattern.count <= body.count {
            if body[index] == first, body[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }
}
