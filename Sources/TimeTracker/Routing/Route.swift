import HTTPTypes

/// One operation of the API: everything that routing, scope checks, validation and documentation need to know.
public struct Route: Sendable {
    /// Who may call (contract 00 §2).
    public enum Access: Sendable {
        /// Nobody needs to sign in; works before the first-run setup too.
        case open
        /// An API token that holds one of the scopes.
        case token(ScopeRequirement)
        /// The same, and the token's owner must be an administrator.
        case adminToken(ScopeRequirement)
    }

    public typealias Handler = @Sendable (Call) async throws -> Reply

    public let methods: [HTTPRequest.Method]
    /// Path with `{name}` for parameters.
    public let path: String
    public let summary: String
    public let details: String
    public let access: Access
    public let module: Module?
    public let query: [QueryParameter]
    public let body: BodySchema?
    public let success: HTTPResponse.Status
    public let response: Schema
    /// Refusals beyond those that `access`, `body` and a path id imply.
    public let errors: [HTTPResponse.Status]
    /// Name under which `Idempotency-Key` records are kept (contract 00 §9c); nil where the header has no meaning.
    public let idempotency: String?
    public let handler: Handler

    public init(
        _ methods: HTTPRequest.Method..., path: String, summary: String, details: String = "", access: Access,
        module: Module? = nil, query: [QueryParameter] = [], body: BodySchema? = nil,
        success: HTTPResponse.Status = .ok, response: Schema, errors: [HTTPResponse.Status] = [],
        idempotency: String? = nil, handler: @escaping Handler
    ) {
        self.methods = methods
        self.path = path
        self.summary = summary
        self.details = details
        self.access = access
        self.module = module
        self.query = query
        self.body = body
        self.success = success
        self.response = response
        self.errors = errors
        self.idempotency = idempotency
        self.handler = handler
    }
}

/// A family of routes: what a folder under `Resources/` provides.
public protocol Resource: Sendable {
    static var routes: [Route] { get }
}
