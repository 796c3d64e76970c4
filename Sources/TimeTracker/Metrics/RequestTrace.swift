import Logging
import Reactor
import Synchronization

/// What a request is known by in the log, and where its time went. Everything that runs for a request can reach it.
final class RequestTrace: Sendable {
    @TaskLocal static var current: RequestTrace?

    let requestID: String
    /// Of the W3C trace that the request belongs to, 32 hexadecimal digits; nil when the client told none.
    let traceID: String?

    private let pool = Atomic<UInt64>(0)
    private let postgres = Atomic<UInt64>(0)
    private let statements = Atomic<Int>(0)
    private let trips = Atomic<Int>(0)
    /// Until when PostgreSQL is known to have been waited for, in nanoseconds of the monotonic clock.
    private let waitedUntil = Atomic<UInt64>(0)
    private let redis = Atomic<UInt64>(0)

    init(requestID: String, traceID: String?) {
        self.requestID = requestID
        self.traceID = traceID
    }

    /// Nanoseconds of waiting for a connection.
    func waitedForPool(_ nanoseconds: UInt64) { pool.wrappingAdd(nanoseconds, ordering: .relaxed) }

    func waitedForPostgres(_ nanoseconds: UInt64) {
        postgres.wrappingAdd(nanoseconds, ordering: .relaxed)
        statements.wrappingAdd(1, ordering: .relaxed)
        // Statements that were on their way at the same time are one trip. They are told in the order of their ends.
        let now = Reactor.now
        if waitedUntil.exchange(now, ordering: .relaxed) <= now &- nanoseconds {
            trips.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func waitedForRedis(_ nanoseconds: UInt64) { redis.wrappingAdd(nanoseconds, ordering: .relaxed) }

    /// Milliseconds, for the log. What several statements took at the same time counts for each of them.
    func parts(of total: UInt64) -> Logger.Metadata {
        let (pool, postgres) = (pool.load(ordering: .relaxed), postgres.load(ordering: .relaxed))
        let redis = redis.load(ordering: .relaxed)
        let known = pool &+ postgres &+ redis
        return [
            "duration_ms": Self.text(total), "pool_wait_ms": Self.text(pool), "postgres_ms": Self.text(postgres),
            "postgres_statements": "\(statements.load(ordering: .relaxed))",
            "postgres_trips": "\(trips.load(ordering: .relaxed))", "redis_ms": Self.text(redis),
            "handler_ms": Self.text(total > known ? total - known : 0),
        ]
    }

    private static func text(_ nanoseconds: UInt64) -> Logger.MetadataValue {
        "\(Double(nanoseconds / 10_000) / 100)"
    }

    /// For every line that is logged while a request is worked on.
    static let logMetadata = Logger.MetadataProvider {
        guard let current else { return [:] }
        var metadata: Logger.Metadata = ["request_id": "\(current.requestID)"]
        if let traceID = current.traceID { metadata["trace_id"] = "\(traceID)" }
        return metadata
    }
}

/// The header field `traceparent` (W3C Trace Context, level 1).
enum TraceParent {
    /// - Returns: the trace's id; nil when the field isn't valid, which counts as no field.
    static func traceID(_ field: RawText) -> String? {
        let bytes = Array(field.bytes)
        // version - trace id - parent id - flags; later versions may go on after that.
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return nil }
        guard bytes.count == 55 || (bytes[55] == dash && !bytes.starts(with: "00".utf8)) else { return nil }
        let (version, trace) = (bytes[0..<2], bytes[3..<35])
        guard [version, trace, bytes[36..<52], bytes[53..<55]].allSatisfy({ $0.allSatisfy(isDigit) }),
            !version.elementsEqual("ff".utf8), trace.contains(where: { $0 != zero }),
            bytes[36..<52].contains(where: { $0 != zero })
        else { return nil }
        return String(decoding: trace, as: UTF8.self)
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
