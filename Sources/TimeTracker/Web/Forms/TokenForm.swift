/// What an administrator asks for when making an API token, from a form or from JSON (behaviour.md §12.8).
struct TokenForm: Sendable {
    static let maxName = 100
    static let maxDescription = 2000
    private static let maxAddresses = 100

    var name = ""
    var description = ""
    var userID: Int64?
    var scopes: [String] = []
    /// As typed. Empty: never.
    var expiresDays = ""
    var allowedIPs = ""
    private(set) var errors = ValidationErrors()

    /// - Parameter ownerID: whose it is to be; nil = the form says it.
    init(_ form: FormBody, ownerID: Int64? = nil) {
        name = form.trimmed("name")
        description = form.trimmed("description")
        userID = ownerID ?? Int64(form.trimmed("user_id"))
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

    /// What to make.
    ///
    /// - Throws: ``ValidationError`` for bad fields.
    func wish() throws -> TokenChange.Wish {
        try errors.throwIfAny()
        return TokenChange.Wish(
            name: name, description: description, ownerID: userID ?? 0, scopes: scopes, days: days,
            allowedIPs: allowedIPs)
    }

    /// The controls, as pages show them.
    ///
    /// - Parameters:
    ///   - owners: who can be chosen; nil = it is one's own.
    ///   - scopes: that can be chosen.
    static func fields(owners: [FormField.Option]?, scopes: [String]) -> [FormField] {
        var fields = [
            FormField(name: "name", label: "Name", isRequired: true, maxLength: maxName, isShort: true),
            FormField(
                name: "expires_days", label: "Expires in (days)", hint: "1 to 3650. Empty: never.", maxLength: 4,
                inputMode: "numeric", isShort: true),
            FormField(name: "description", label: "Description", control: .area(rows: 2), maxLength: maxDescription),
            FormField(
                name: "scopes", label: "Scopes", control: .checks(scopes.map { .init(value: $0, name: $0) }),
                isRequired: true),
            FormField(
                name: "allowed_ips", label: "Allowed IPs",
                hint: "Addresses and CIDR blocks between commas, such as 10.0.0.0/8, 2001:db8::1. Empty: any."),
        ]
        if let owners {
            let control = FormField.Control.select([.init(value: "", name: "Choose a user")] + owners)
            fields.insert(
                FormField(name: "user_id", label: "User", control: control, isRequired: true, isShort: true), at: 1)
        }
        return fields
    }
}
