/// A refusal that renders itself in the standard error body (behaviour.md §3.2).
///
/// `error` and `message` are for people, `code` is the machine-readable `error_code`.
public struct APIError: Error, Sendable {
    /// What is the matter, by which clients tell what to do; each is a status of HTTP (RFC 9110 §15.5, §15.6).
    public enum Kind: Sendable {
        case badRequest, unauthorized, forbidden, notFound, methodNotAllowed, requestTimeout, conflict
        case preconditionFailed, contentTooLarge, uriTooLong, unsupportedMediaType, tooManyRequests
        case requestHeaderFieldsTooLarge
        case internalServerError, notImplemented, serviceUnavailable
    }

    public var kind: Kind
    public var code: String
    public var error: String
    public var message: String
    /// Field name to messages, for `validation_error`.
    public var fields: ValidationErrors?
    public var headers: [(name: String, value: String)] = []
    /// Writes further members of the body.
    public var extra: (@Sendable (inout JSONWriter) -> Void)?

    public init(_ kind: Kind, _ code: String, _ error: String, message: String? = nil) {
        self.kind = kind
        self.code = code
        self.error = error
        self.message = message ?? error
    }

}

extension APIError {
    // MARK: Protocol errors (RFC 9110 §15.5)

    static let malformedRequest = APIError(.badRequest, "bad_request", "Malformed HTTP request")
    static let malformedJSON = APIError(
        .badRequest, "bad_request", "Malformed JSON", message: "The request body is not valid JSON")
    static let malformedForm = APIError(.badRequest, "bad_request", "Malformed form")
    static let unsupportedMediaType = APIError(
        .unsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        message: "Send JSON with Content-Type: application/json")

    static func pathNotFound(_ path: String) -> APIError {
        APIError(
            .notFound, "not_found", "Not found",
            message: "No resource at \(RawText(path).prefix(codePoints: 200).unchecked)")
    }

    // MARK: Authentication and access (behaviour.md §2.1, §3.2)

    /// No token was sent.
    static let authenticationRequired = unauthorized(
        "Authentication required", message: "Send an API token as Authorization: Bearer or X-API-Key")
    /// One answer for every reason, so that it tells an attacker nothing.
    static let invalidToken = unauthorized(
        "Invalid token", message: "The provided API token is invalid or expired")

    static func unauthorized(_ error: String, message: String) -> APIError {
        var error = APIError(.unauthorized, "unauthorized", error, message: message)
        error.headers = [("www-authenticate", "Bearer")]
        return error
    }

    static func tooManyAttempts(retryAfter: Int) -> APIError {
        var error = APIError(
            .tooManyRequests, "rate_limited", "Too many attempts",
            message: "Too many sign-in attempts from this address or for this account. Retry later.")
        error.headers = [("retry-after", String(retryAfter))]
        return error
    }

    static func forbidden(_ message: String) -> APIError {
        APIError(.forbidden, "forbidden", "Access denied", message: message)
    }

    static func insufficientScope(required: String, available: [String]) -> APIError {
        var error = APIError(
            .forbidden, "forbidden", "Insufficient permissions",
            message: "This endpoint requires the '\(required)' scope")
        error.extra = { json in
            json.key("required_scope")
            json.value(required)
            json.key("available_scopes")
            json.beginArray()
            for scope in available { json.value(scope) }
            json.endArray()
        }
        return error
    }

    static func moduleDisabled(_ module: Module) -> APIError {
        var error = APIError(
            .forbidden, "forbidden", "module_disabled",
            message: "\(module.rawValue) module is disabled by the administrator.")
        error.extra = { json in
            json.key("module")
            json.value(module.rawValue)
        }
        return error
    }

    // MARK: Objects and rules

    /// Whether it says that there is no such object, or none that may be seen.
    var isAboutObject: Bool { code == "not_found" || code == "forbidden" }

    static func notFound(_ kind: String, _ id: Int64) -> APIError {
        APIError(.notFound, "not_found", "\(kind) with ID \(id) not found")
    }

    static func validation(_ fields: ValidationErrors) -> APIError {
        var error = APIError(.badRequest, "validation_error", "Validation failed")
        error.fields = fields
        return error
    }

    static func validation(_ field: String, _ message: String) -> APIError {
        var fields = ValidationErrors()
        fields.add(field, message)
        return validation(fields)
    }

    /// A value that can't be stored, where nobody has told which.
    static let unfittingValue = APIError(
        .badRequest, "validation_error", "Validation failed", message: "A value is too long or out of range")

    /// A business rule refused a well-formed request.
    static func rule(_ code: String, _ message: String) -> APIError {
        APIError(.badRequest, code, message)
    }

    /// `If-Match` names another state of the object (RFC 9110 §13.1.1).
    static let preconditionFailed = APIError(
        .preconditionFailed, "precondition_failed", "Precondition failed",
        message: "The object has changed since it was read")

    static func conflict(_ message: String, code: String = "conflict") -> APIError {
        APIError(.conflict, code, message)
    }

    // MARK: Faults

    static let overloaded = unavailable("overloaded", retryAfter: 1)

    static let internalError = APIError(
        .internalServerError, "internal_error", "Internal server error", message: "An internal error occurred")
    static let setupRequired = APIError(
        .serviceUnavailable, "setup_required", "Setup required", message: "Finish the first-run setup at /setup")

    /// A service behind us is away; `retryAfter` in seconds (RFC 9110 §10.2.3).
    static func unavailable(_ code: String = "service_unavailable", retryAfter: Int) -> APIError {
        var error = APIError(
            .serviceUnavailable, code, "Service unavailable", message: "The server is busy or recovering. Retry later.")
        error.headers = [("retry-after", String(retryAfter))]
        return error
    }
}
