import NIOCore
import Redis

/// An `Idempotency-Key` as it is kept: (token, operation, SHA-256 of the key) (behaviour.md §2.9). The hidden key of a form is
/// kept in the same way, for the user who sends it.
public struct IdempotencyKey: Sendable {
    enum Validity {
        case usable, tooLong
    }

    /// Longest key taken, in characters.
    static let maxLength = 128

    let owner: Receipt.Key.Owner
    let ownerID: Int64
    let operation: String
    let hash: String
    let validity: Validity

    /// Nil when the request has no key, or a blank one.
    ///
    /// - Parameter pathIDs: the object that a POST acts on, which is part of the operation.
    init?(_ exchange: Exchange, operation: String, pathIDs: [Int64], tokenID: Int64) {
        guard let raw = exchange.headers.first(name: "idempotency-key") else { return nil }
        let key = raw.trimmed
        guard !key.isEmpty else { return nil }
        owner = .token
        ownerID = tokenID
        self.operation = pathIDs.reduce(operation) { "\($0):\($1)" }
        self.hash = TokenHash.hex(key)
        self.validity = key.codePointCount > Self.maxLength ? .tooLong : .usable
    }

    /// The hidden key of a form; nil when it has none that we have made.
    init?(form key: String?, operation: String, pathIDs: [Int64], userID: Int64) {
        guard let key, (1...Self.maxLength).contains(key.utf8.count), key.utf8.allSatisfy(Base64URL.isDigit) else {
            return nil
        }
        owner = .user
        ownerID = userID
        self.operation = pathIDs.reduce(operation) { "\($0):\($1)" }
        hash = TokenHash.hex(RawText(key))
        validity = .usable
    }

    static var tooLongError: APIError {
        .validation("Idempotency-Key", "Longer than maximum length \(maxLength).")
    }

    /// Under what the answer is kept in the database.
    var receipt: Receipt.Key { Receipt.Key(owner: owner, ownerID: ownerID, operation: operation, hash: hash) }

    // MARK: The copy in Redis

    /// The hash tag keeps all keys of an owner in one cluster slot.
    private func redisKey(prefix: String) -> String {
        "\(prefix){\(owner == .token ? "" : "u")\(ownerID)}:idem:\(operation):\(hash)"
    }

    func lookup(prefix: String) -> RedisCommand {
        RedisCommand(["GET", redisKey(prefix: prefix)])
    }

    func store(_ record: IdempotencyRecord, prefix: String) -> RedisCommand {
        RedisCommand(bytes: [
            Array("SET".utf8), Array(redisKey(prefix: prefix).utf8),
            Array("\(record.status) ".utf8) + Array(record.body.readableBytesView),
            Array("EX".utf8), Array(String(IdempotencyRecord.lifetime).utf8),
        ])
    }

    /// Reads what ``store(_:prefix:)`` wrote; anything else counts as absent.
    func decode(_ reply: RedisReply?) -> IdempotencyRecord? {
        guard case .string(let bytes) = reply, bytes.count > 4, bytes[3] == 0x20,
            let status = Int(String(decoding: bytes[..<3], as: UTF8.self))
        else { return nil }
        return IdempotencyRecord(status: status, body: ByteBuffer(bytes: bytes[4...]))
    }
}
