/// Header fields that a webhook's owner may add to its requests (behaviour.md §10.1).
enum WebhookHeaders {
    static let maxCount = 20

    private static let reserved: Set<String> = [
        "host", "content-length", "content-type", "user-agent", "connection", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
    ]

    /// Whether the field is ours, or would change how the request is framed (RFC 9110 §7.6.1).
    static func isReserved(_ name: String) -> Bool {
        let name = name.lowercased()
        return reserved.contains(name) || name.hasPrefix("x-webhook-")
    }

    /// A token (RFC 9110 §5.6.2).
    static func isValidName(_ name: String) -> Bool {
        let symbols = Array("!#$%&'*+-.^_`|~".utf8)
        return !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: symbols.contains(byte)
                }
            }
    }

    /// Printable text, blanks and tabs.
    static func isValidValue(_ value: RawText) -> Bool {
        value.byteCount <= 4096 && value.bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// The stored fields that may be sent.
    /// - Parameter json: object of text to text.
    static func fields(_ json: String) -> [(name: String, value: String)] {
        guard case .object(let object)? = try? JSONValue.parse(json) else { return [] }
        return object.members.compactMap { key, value in
            let name = key.unchecked
            guard let value = value.stringValue, isValidName(name), isValidValue(value), !isReserved(name) else {
                return nil
            }
            return (name, value.unchecked)
        }
    }

    /// Response fields as JSON text to keep, names in lower case, equal names joined with a comma; at most 16 KiB.
    static func json(_ headers: [(name: [UInt8], value: [UInt8])]) -> String {
        var fields: [(name: RawText, value: String)] = []
        var positions: [RawText: Int] = [:]
        var size = 0
        for (name, value) in headers {
            size += name.count + value.count
            guard size <= 16_384 else { break }
            let name = RawText(decoding: name).asciiLowercased
            let value = RawText(decoding: value).withoutNUL.unchecked
            if let index = positions[name] {
                fields[index].value += ", " + value
            } else {
                positions[name] = fields.count
                fields.append((name, value))
            }
        }
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        for field in fields {
            json.key(JSONKey(escaping: field.name))
            json.value(field.value)
        }
        json.endObject()
        return json.text
    }
}
