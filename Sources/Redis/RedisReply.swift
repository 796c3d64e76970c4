import CRedis

/// A reply of the Redis protocol, copied out of the client library's memory.
public enum RedisReply: Sendable, Equatable {
    case null
    case integer(Int64)
    case string([UInt8])
    case status(String)
    case error(String)
    case array([RedisReply])

    init(_ reply: UnsafePointer<redisReply>) {
        let bytes = UnsafeRawBufferPointer(
            start: reply.pointee.str, count: reply.pointee.str == nil ? 0 : Int(reply.pointee.len))
        switch reply.pointee.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.pointee.integer)
        case REDIS_REPLY_STRING: self = .string(Array(bytes))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<Int(reply.pointee.elements)).map { index in
                    reply.pointee.element[index].map { RedisReply(UnsafePointer($0)) } ?? .null
                })
        default: self = .null
        }
    }
}
