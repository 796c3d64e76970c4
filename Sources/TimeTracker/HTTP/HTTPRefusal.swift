/// Why a request is refused before anybody knows what it is about (RFC 9110 §15.5, §15.6).
enum HTTPRefusal: Error, Equatable {
    /// 400
    case malformedRequest
    /// 408
    case requestTimeout
    /// 413; the limit in bytes.
    case payloadTooLarge(limit: Int)
    /// 414
    case targetTooLong
    /// 431
    case headerFieldsTooLarge
    /// 501
    case unknownTransferCoding
    /// 503: the memory for requests is used up.
    case overloaded
}
