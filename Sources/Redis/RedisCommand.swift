/// A command with its arguments, encoded as the protocol wants it: an array of bulk strings (RESP2).
public struct RedisCommand: Sendable {
    let bytes: [UInt8]

    public init(_ parts: [String]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + parts.reduce(0) { $0 + $1.utf8.count + 12 })
        Self.appendHeader(UInt8(ascii: "*"), parts.count, to: &bytes)
        for part in parts { Self.append(part, to: &bytes) }
        self.bytes = bytes
    }

    public init(bytes parts: [[UInt8]]) {
        var bytes: [UInt8] = []
        Self.appendHeader(UInt8(ascii: "*"), parts.count, to: &bytes)
        for part in parts {
            Self.appendHeader(UInt8(ascii: "$"), part.count, to: &bytes)
            bytes.append(contentsOf: part)
            bytes.append(contentsOf: [0x0D, 0x0A])
        }
        self.bytes = bytes
    }

    private static func append(_ part: String, to bytes: inout [UInt8]) {
        appendHeader(UInt8(ascii: "$"), part.utf8.count, to: &bytes)
        bytes.append(contentsOf: part.utf8)
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static func appendHeader(_ mark: UInt8, _ count: Int, to bytes: inout [UInt8]) {
        bytes.append(mark)
        if count < 10 {
            bytes.append(UInt8(0x30 + count))
        } else {
            bytes.append(contentsOf: String(count).utf8)
        }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}

/// A Lua script, run by its hash once the server knows it (EVALSHA).
public struct RedisScript: Sendable {
    let source: String
    let sha1: String

    /// - Parameter sha1: lower-case hex SHA-1 of `source`.
    public init(source: String, sha1: String) {
        self.source = source
        self.sha1 = sha1
    }

    /// A script with its keys and arguments, which may be run many times.
    public struct Invocation: Sendable {
        let byHash: RedisCommand
        let bySource: RedisCommand
    }

    public func invocation(keys: [String], arguments: [String]) -> Invocation {
        let rest = [String(keys.count)] + keys + arguments
        return Invocation(
            byHash: RedisCommand(["EVALSHA", sha1] + rest), bySource: RedisCommand(["EVAL", source] + rest))
    }
}
