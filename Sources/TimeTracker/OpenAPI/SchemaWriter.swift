/// Writes ``Schema`` values as JSON Schema 2020-12 (OpenAPI 3.1 §4.8.24). Named objects become components.
struct SchemaWriter {
    /// Named objects seen so far, in that order.
    private(set) var components: [(name: String, schema: Schema)] = []
    private var names: Set<String> = []

    /// A reference for a named object, else the schema itself.
    mutating func write(_ schema: Schema, to json: inout JSONWriter) {
        guard case .object(let name?, _, let isNullable, let properties, _) = schema, !properties.isEmpty else {
            return writeInline(schema, to: &json)
        }
        if names.insert(name).inserted { components.append((name, schema)) }
        json.beginObject()
        if isNullable {
            json.key("anyOf")
            json.beginArray()
            json.beginObject()
        }
        json.key("$ref")
        json.value("#/components/schemas/\(name)")
        if isNullable {
            json.endObject()
            json.raw(#"{"type":"null"}"#)
            json.endArray()
        }
        json.endObject()
    }

    /// The schema itself, with references inside.
    mutating func writeInline(_ schema: Schema, to json: inout JSONWriter) {
        json.beginObject()
        if !schema.description.isEmpty {
            json.key("description")
            json.value(schema.description)
        }
        switch schema {
        case .any: break
        case .boolean(_, let isNullable): writeType("boolean", isNullable, &json)
        case .number(_, let isNullable, let minimum):
            writeType("number", isNullable, &json)
            if let minimum {
                json.key("minimum")
                json.value(minimum)
            }
        case .integer(_, let isNullable, let range):
            writeType("integer", isNullable, &json)
            json.key("format")
            json.value("int64")
            if let range { write(range, &json) }
        case .string(_, let format, let isNullable, let maxLength, let values):
            writeType("string", isNullable, &json)
            if let format {
                json.key("format")
                json.value(format)
            }
            if let maxLength {
                json.key("maxLength")
                json.value(maxLength)
            }
            if let values { writeValues(values, isNullable, &json) }
        case .array(let element, _):
            writeType("array", false, &json)
            json.key("items")
            write(element, to: &json)
        case .oneOf(let schemas, _):
            json.key("oneOf")
            json.beginArray()
            for schema in schemas { write(schema, to: &json) }
            json.endArray()
        case .object(_, _, let isNullable, let properties, let required):
            writeType("object", isNullable, &json)
            writeProperties(properties, required, &json)
        }
        json.endObject()
    }

    private func writeType(_ name: String, _ isNullable: Bool, _ json: inout JSONWriter) {
        json.key("type")
        guard isNullable else { return json.value(name) }
        json.beginArray()
        json.value(name)
        json.value("null")
        json.endArray()
    }

    private func write(_ range: ClosedRange<Int64>, _ json: inout JSONWriter) {
        if range.lowerBound > .min {
            json.key("minimum")
            json.value(range.lowerBound)
        }
        if range.upperBound < .max {
            json.key("maximum")
            json.value(range.upperBound)
        }
    }

    private func writeValues(_ values: [String], _ isNullable: Bool, _ json: inout JSONWriter) {
        json.key("enum")
        json.beginArray()
        for value in values { json.value(value) }
        if isNullable { json.null() }
        json.endArray()
    }

    private mutating func writeProperties(
        _ properties: [(String, Schema)], _ required: [String], _ json: inout JSONWriter
    ) {
        guard !properties.isEmpty else { return }
        json.key("properties")
        json.beginObject()
        for (name, schema) in properties {
            json.key(JSONKey(name: name))
            write(schema, to: &json)
        }
        json.endObject()
        guard !required.isEmpty else { return }
        json.key("required")
        json.beginArray()
        for name in required { json.value(name) }
        json.endArray()
    }
}
