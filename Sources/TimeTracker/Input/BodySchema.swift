/// The declared fields of a request body.
public struct BodySchema: Sendable {
    let name: String
    let fields: [any AnyInputField]

    init(_ name: String, _ fields: [any AnyInputField]) {
        self.name = name
        self.fields = fields
    }

    /// Starts reading a body; unknown members are ignored (behaviour.md §1.3).
    /// - Parameter partial: an update, in which required fields may be absent.
    func read(_ body: JSONValue?, partial: Bool = false) -> InputReader {
        InputReader(body, partial: partial)
    }

    var schema: Schema { schema(isPartial: false) }

    /// Bytes that a body with these fields may need.
    var limit: Int {
        let hasLongText = fields.contains { field in
            switch field.schema {
            case .string(_, _, _, let maxLength, _): maxLength ?? 0 > 5000
            case .object, .array: true
            default: false
            }
        }
        return hasLongText ? BodyLimit.longText : BodyLimit.standard
    }

    var hasRequired: Bool { fields.contains { $0.required != nil } }

    /// - Parameter isPartial: the body of an update, which has no required fields.
    func schema(isPartial: Bool) -> Schema {
        .object(
            name: isPartial && hasRequired ? "\(name)Partial" : name, properties: fields.map { ($0.key, $0.schema) },
            required: isPartial ? [] : fields.filter { $0.required != nil }.map(\.key))
    }
}
