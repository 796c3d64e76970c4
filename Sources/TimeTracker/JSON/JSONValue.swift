import NIOCore

/// A parsed JSON text (RFC 8259). Numbers keep their digits, so that money stays exact.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as it was written.
    case number(String)
    case string(RawText)
    case array([JSONValue])
    case object(JSONObject)

    public var stringValue: RawText? {
        if case .string(let text) = self { text } else { nil }
    }

    public var arrayValue: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    public var isNull: Bool { if case .null = self { true } else { false } }

    /// Member of an object; nil when absent or when this is no object.
    public subscript(key: RawText) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    public static func parse(_ buffer: ByteBuffer) throws(JSONParseError) -> JSONValue {
        try parse(buffer, maxValues: JSONParser.maxValues)
    }

    /// - Parameter maxValues: members and elements, at all depths, beyond which the text is refused.
    static func parse(_ buffer: ByteBuffer, maxValues: Int) throws(JSONParseError) -> JSONValue {
        let result: Result<JSONValue, JSONParseError> = buffer.withUnsafeReadableBytes { bytes in
            var parser = JSONParser(bytes, maxValues: maxValues)
            do throws(JSONParseError) {
                return .success(try parser.parse())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    public static func parse(_ text: String) throws(JSONParseError) -> JSONValue {
        try parse(ByteBuffer(string: text))
    }
}

/// Members in the order they were written; of equal keys the last one counts.
public struct JSONObject: Sendable, Equatable {
    public private(set) var members: [(key: RawText, value: JSONValue)] = []

    /// Objects of request bodies are small: a scan beats a dictionary up to this many members.
    private static let scanLimit = 16
    private var index: [RawText: Int] = [:]

    public init() {}

    public subscript(key: RawText) -> JSONValue? {
        position(of: key).map { members[$0].value }
    }

    mutating func set(_ key: RawText, _ value: JSONValue) {
        if let position = position(of: key) {
            members[position].value = value
            return
        }
        members.append((key, value))
        if members.count == Self.scanLimit + 1 {
            for (position, member) in members.enumerated() { index[member.key] = position }
        } else if members.count > Self.scanLimit {
            index[key] = members.count - 1
        }
    }

    private func position(of key: RawText) -> Int? {
        guard members.count <= Self.scanLimit else { return index[key] }
        // Members are compared where they are: to take each of them out costs more than to compare it.
        return key.withBytes { key in members.indices.first { members[$0].key.isEqual(to: key) } }
    }

    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.members.count == b.members.count && a.members.allSatisfy { b[$0.key] == $0.value }
    }
}

/// Where and why a JSON text is not one.
public struct JSONParseError: Error, Equatable {
    /// Byte offset.
    public let offset: Int
    public let reason: String
}
