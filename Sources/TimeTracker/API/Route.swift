import HTTPTypes

/// One operation of the API: everything that routing, scope checks, validation and documentation need to know.
public final class Route: Sendable {
    /// Who may call (behaviour.md §2.4).
    public enum Access: Sendable {
        /// Nobody needs to sign in; works before the first-run setup too.
        case open
        /// An API token that holds one of the scopes.
        case token(ScopeRequirement)
        /// The same, and the token's owner must be an administrator.
        case adminToken(ScopeRequirement)
        /// A browser session, for JSON (behaviour.md §12.1).
        case session
        /// A browser session or an API token; either way an administrator (behaviour.md §11.6).
        case sessionOrAdminToken
        /// An HTML page or the action of its form (behaviour.md §12.1).
        case page(PageAccess)

        var isByToken: Bool {
            switch self {
            case .token, .adminToken: true
            case .open, .session, .sessionOrAdminToken, .page: false
            }
        }

        /// Whether a browser's session opens it, for JSON.
        var isForBrowsers: Bool {
            switch self {
            case .session, .sessionOrAdminToken: true
            case .open, .token, .adminToken, .page: false
            }
        }

        var isForAdministrators: Bool {
            if case .adminToken = self { true } else { false }
        }
    }

    /// Bodies that are files.
    public enum Upload: Sendable {
        /// Comma-separated values as such, in a form, or in a JSON object (behaviour.md §6).
        case csv
    }

    public typealias Handler = @Sendable (Call) async throws -> Reply
    /// One that waits for nothing.
    public typealias ImmediateHandler = @Sendable (Call) throws -> Reply

    public let methods: [HTTPRequest.Method]
    /// Path with `{name}` for parameters.
    public let path: String
    public let summary: String
    public let details: String
    public let access: Access
    public let module: Module?
    public let query: [QueryParameter]
    public let body: BodySchema?
    /// A body that isn't the JSON of `body`.
    public let upload: Upload?
    /// Largest body, in bytes; a larger one is refused with 413 before it is read.
    public let bodyLimit: Int
    /// Whether the handler may compute for more than a few milliseconds; it runs off the event loop then.
    public let isHeavy: Bool
    public let success: HTTPResponse.Status
    public let response: Schema
    /// Refusals beyond those that `access`, `body` and a path id imply.
    public let errors: [HTTPResponse.Status]
    /// Whether it is about one object that has a validator: a reply with the object has its `ETag`, GET honours
    /// `If-None-Match`, and a change `If-Match` (RFC 9110 §13).
    public let isConditional: Bool
    /// Kind of the objects whose page it is; `{id}` in the path is an object's.
    public let shows: EntityType?
    /// Name under which `Idempotency-Key` records are kept (behaviour.md §2.9): every POST of a token has one.
    let operation: String?
    /// Whether it reads many objects, none of them to be changed: lists, searches and reports of a token.
    let mayReadReplica: Bool
    /// Whether it changes something for a token's owner, who must not be a viewer then: every method but GET does.
    let isChange: Bool
    private let handler: Handler
    /// Set for routes that anybody may call and whose handler waits for nothing: their requests need no task.
    let immediate: ImmediateHandler?

    public init(
        _ methods: HTTPRequest.Method..., path: String, summary: String, details: String = "", access: Access,
        module: Module? = nil, query: [QueryParameter] = [], body: BodySchema? = nil, upload: Upload? = nil,
        bodyLimit: Int? = nil, isHeavy: Bool = false, success: HTTPResponse.Status = .ok, response: Schema,
        errors: [HTTPResponse.Status] = [], isConditional: Bool = false,
        shows: EntityType? = nil, immediate: ImmediateHandler? = nil, handler: @escaping Handler
    ) {
        self.methods = methods
        self.path = path
        self.summary = summary
        self.details = details
        self.access = access
        self.module = module
        self.query = query
        self.body = body
        self.upload = upload
        self.bodyLimit = bodyLimit ?? (upload == nil ? body?.limit ?? BodyLimit.standard : BodyLimit.file)
        self.isHeavy = isHeavy || upload != nil
        self.success = success
        self.response = response
        self.errors = errors
        self.isConditional = isConditional
        self.shows = shows
        self.operation = methods == [.post] && access.isByToken ? Self.operation(path) : nil
        self.handler = handler
        self.immediate = immediate
        mayReadReplica =
            access.isByToken && methods == [.get] && !isConditional
            && (isHeavy || path.contains("/reports/") || query.contains { $0.name == QueryParameter.perPage.name })
        isChange = access.isByToken && !methods.contains(.get)
    }

    /// A route to read what is at hand, which anybody may do.
    ///
    /// - Parameter answer: waits for nothing.
    static func open(
        path: String, summary: String, details: String = "", response: Schema, answer: @escaping ImmediateHandler
    ) -> Route {
        Route(
            .get, path: path, summary: summary, details: details, access: .open, response: response, immediate: answer
        ) { try answer($0) }
    }

    /// - Throws: ``APIError`` 403 for a change by somebody who may only read; else what the handler throws.
    func answer(_ call: Call) async throws -> Reply {
        if isChange { try call.principal.requireWriter() }
        return try await handler(call)
    }

    /// Names of the parameters in the path, in order.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// `/api/v1/time-entries` becomes `post:time_entries`.
    private static func operation(_ path: String) -> String {
        let name = path.hasPrefix("/api/v1/") ? String(path.dropFirst(8)) : path
        return "post:" + name.replacing("-", with: "_")
    }
}

/// A family of routes: what a folder under `Resources/` provides.
public protocol Resource: Sendable {
    static var routes: [Route] { get }
}
