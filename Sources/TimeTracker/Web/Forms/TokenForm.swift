import HTTPTypes
import Postgres

/// What an administrator asks for when making an API token, from a form or from JSON (behaviour.md §12.8).
struct TokenForm: Sendable {
    static let fields = ["name", "description", "user_id", "scopes", "expires_days", "allowed_ips"]
    static let maxName = 100
    static let maxDescription = 2000
    private static let maxAddresses = 100

    var name = ""
    var description = ""
    var userID: Int64?
    var scopes: [String] = []
    /// As typed; empty = never.
    var expiresDays = ""
    var allowedIPs = ""
    private(set) var errors = ValidationErrors()

    init() {}

    init(_ form: FormBody) {
        name = form.trimmed("name")
        description = form.trimmed("description")
        userID = Int64(form.trimmed("user_id"))
        scopes = form.all("scopes").flatMap(Tags.split)
        expiresDays = form.trimmed("expires_days")
        allowedIPs = form.trimmed("allowed_ips")
        check()
    }

    init(_ json: JSONValue) {
        name = Self.text(json["name"])
        description = Self.text(json["description"])
        userID = Self.integer(json["user_id"])
        scopes = (json["scopes"]?.arrayValue?.prefix(100).map { Self.text($0) } ?? [Self.text(json["scopes"])])
            .flatMap(Tags.split)
        switch json["expires_days"] {
        case nil, .null: break
        case .number(let digits): expiresDays = digits
        case .string(let text): expiresDays = text.short ?? "-"
        default: expiresDays = "-"
        }
        allowedIPs = Self.text(json["allowed_ips"])
        check()
    }

    /// Trimmed; a text that can't be stored becomes one that is refused for its NUL.
    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.stringValue?.trimmed else { return "" }
        return (try? text.text(atMost: 10_000)) ?? "\0"
    }

    private static func integer(_ value: JSONValue?) -> Int64? {
        switch value {
        case .number(let digits): Int64(digits)
        case .string(let text): text.short.flatMap { Int64($0) }
        default: nil
        }
    }

    private mutating func check() {
        if name.isEmpty { errors.add("name", "Name is required") }
        if name.unicodeScalars.count > Self.maxName {
            errors.add("name", "Longer than maximum length \(Self.maxName).")
        }
        if name.utf8.contains(0) || description.utf8.contains(0) { errors.add("name", "Not a valid string.") }
        if description.unicodeScalars.count > Self.maxDescription {
            errors.add("description", "Longer than maximum length \(Self.maxDescription).")
        }
        if userID == nil { errors.add("user_id", "user_id is required") }
        if scopes.isEmpty { errors.add("scopes", "scopes is required") }
        if !expiresDays.isEmpty, days == nil {
            errors.add("expires_days", "Must be a whole number from 1 to 3650, or empty.")
        }
        let items = Tags.split(allowedIPs)
        if items.count > Self.maxAddresses { errors.add("allowed_ips", "At most \(Self.maxAddresses) addresses.") }
        // Those beyond the limit are not worth a look.
        if let bad = items.prefix(Self.maxAddresses).first(where: { !IPAllowList.isItem($0) }) {
            let shown = RawText(bad).prefix(codePoints: 60).unchecked
            errors.add("allowed_ips", "'\(shown)' is not an address or CIDR block.")
        }
    }

    /// Nil = never expires.
    private var days: Int64? {
        Int64(expiresDays).flatMap { TokenAdmin.expiryRange.contains(Int(clamping: $0)) ? $0 : nil }
    }

    /// Makes the token.
    /// - Returns: its plain text, which is stored nowhere, and its id.
    /// - Throws: ``APIError`` 400 for bad fields, an inactive owner, unknown or too powerful scopes; 404 for an unknown
    ///   owner.
    func create(_ db: PostgresClient) async throws -> (plain: String, id: Int64) {
        try errors.throwIfAny()
        let owner = Statement("select username from users where id = $1", [.init(userID)])
        guard let name = try await db.query(owner).first?.string(0), let account = try await Accounts(db: db).find(name)
        else { throw APIError.notFound("User", userID ?? 0) }
        guard account.isActive else { throw APIError.validation("user_id", "This user is inactive") }
        let list: [String]
        do {
            list = try Scopes.validated(scopes.joined(separator: ","), ownerIsAdmin: account.isAdmin)
        } catch {
            throw APIError.validation("scopes", "\(error)")
        }
        let token = APIToken()
        let rows = try await db.execute(
            Statement(
                """
                insert into api_tokens (name, description, token_hash, token_prefix, user_id, scopes, expires_at, ip_whitelist)
                values ($1, nullif($2, ''), $3, $4, $5, $6, now() + make_interval(days => $7::int), nullif($8, ''))
                returning id
                """,
                [
                    .text(self.name), .text(description), .text(token.hash), .text(token.prefix), .int(account.id),
                    .text(list.joined(separator: ",")), .init(days), .text(allowedIPs),
                ]))
        return (token.plain, rows.first?.int(0) ?? 0)
    }
}
