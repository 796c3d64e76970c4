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

extension APIError {
    var status: HTTPResponse.Status {
        switch kind {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .contentTooLarge: .contentTooLarge
        case .uriTooLong: .uriTooLong
        case .unsupportedMediaType: .unsupportedMediaType
        case .tooManyRequests: .tooManyRequests
        case .requestHeaderFieldsTooLarge: .requestHeaderFieldsTooLarge
        case .internalServerError: .internalServerError
        case .notImplemented: .notImplemented
        case .serviceUnavailable: .serviceUnavailable
        }
    }

    static func methodNotAllowed(allowed: [HTTPRequest.Method]) -> APIError {
        var error = APIError(.methodNotAllowed, "method_not_allowed", "Method not allowed")
        error.headers = [("allow", allowed.map(\.rawValue).joined(separator: ", "))]
        return error
    }
}
