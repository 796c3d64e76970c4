import Cryptography
import Logging
import Postgres
import Synchronization

/// Turns a token into a ``Principal``. Lookups are kept for at most a second, which bounds how long a revoked token works.
public final class Authenticator: Sendable {
    private struct Entry {
        let record: TokenRecord
        let expires: UInt64
    }

    /// Tokens remembered at once; past that the memory is simply emptied, which costs one query a token.
    private static let capacity = 10_000
    /// In bytes; ours have 35.
    private static let longestToken = 256

    private let db: PostgresClient
    private let lifetime: UInt64
    private let logger: Logger
    private let cache = Mutex<[SHA256.Digest: Entry]>([:])
    private let lookups = SharedLookup<SHA256.Digest, TokenRecord?>()

    /// - Parameter cacheMilliseconds: how long a lookup is trusted, 0...1000.
    public init(db: PostgresClient, cacheMilliseconds: Int, logger: Logger) {
        self.db = db
        self.lifetime = UInt64(min(max(cacheMilliseconds, 0), 1000)) * 1_000_000
        self.logger = logger
    }

    /// - Parameters:
    ///   - address: of the client.
    ///   - requestID: for the log.
    /// - Throws: ``APIError`` 401; the concrete reason is only logged.
    func owner(of token: RawText, address: String, requestID: String) async throws -> Principal {
        guard token.hasPrefix("tt_"), token.byteCount <= Self.longestToken else {
            throw refuse("unknown token", requestID)
        }
        let hash = TokenHash.digest(token)
        let record: TokenRecord
        if let known = known(hash) {
            record = known
        } else if let read = try await read(hash) {
            record = read
        } else {
            throw refuse("unknown token", requestID)
        }
        if let reason = record.refusal(now: WallClock.now(), address: address) {
            throw refuse(reason, requestID)
        }
        return record.principal
    }

    private func refuse(_ reason: String, _ requestID: String) -> APIError {
        logger.info("token refused", metadata: ["reason": "\(reason)", "request_id": "\(requestID)"])
        return .invalidToken
    }

    private func known(_ hash: SHA256.Digest) -> TokenRecord? {
        let now = WallClock.monotonic()
        return cache.withLock { cache in
            guard let entry = cache[hash], entry.expires > now else { return nil }
            return entry.record
        }
    }

    private func read(_ hash: SHA256.Digest) async throws -> TokenRecord? {
        let now = WallClock.monotonic()
        guard lifetime > 0 else { return try await lookUp(hash, now) }
        return try await lookups.value(hash) { try await lookUp(hash, now) }
    }

    private func lookUp(_ hash: SHA256.Digest, _ now: UInt64) async throws -> TokenRecord? {
        guard let row = try await db.query(TokenRecord.select(hash: hash.hex)).first else {
            return nil
        }
        let record = try TokenRecord(row)
        cache.withLock { cache in
            if cache.count >= Self.capacity { cache.removeAll(keepingCapacity: true) }
            cache[hash] = Entry(record: record, expires: now + lifetime)
        }
        return record
    }
}
