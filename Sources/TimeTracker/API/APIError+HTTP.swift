import HTTPTypes

extension APIError {
    /// What a client is told whose request was refused while it came in.
    init(_ refusal: HTTPRefusal) {
        switch refusal {
        case .malformedRequest: self = .malformedRequest
        case .requestTimeout:
            self.init(.requestTimeout, "request_timeout", "The request took too long to arrive")
        case .payloadTooLarge(let limit):
            self.init(
                .contentTooLarge, "payload_too_large", "Payload too large",
                message: "The request body exceeds \(limit) bytes")
        case .targetTooLong: self.init(.uriTooLong, "uri_too_long", "The request target is too long")
        case .headerFieldsTooLarge:
            self.init(
                .requestHeaderFieldsTooLarge, "headers_too_large", "The request's header fields are too large")
        case .unknownTransferCoding:
            self.init(
                .notImplemented, "not_implemented", "Unknown transfer coding", message: "Only chunked is supported")
        case .overloaded: self = .overloaded
        }
    }
}
