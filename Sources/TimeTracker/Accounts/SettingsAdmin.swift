import Postgres

/// `timetracker settings …`: the settings row from the command line (behaviour.md §11.4).
public struct SettingsAdmin: Sendable {
    /// How a setting's text becomes a value.
    enum Kind {
        case text(max: Int)
        case timezone
        case currency
        case choice([String])
        case integer(ClosedRange<Int64>)
        case hours
        case boolean
        case modules
        case quotePattern
    }

    static let keys: [(name: String, kind: Kind)] = [
        ("timezone", .timezone), ("date_format", .choice(["YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY"])),
        ("time_format", .choice(["24h", "12h"])), ("currency", .currency), ("rounding_minutes", .integer(1...60)),
        ("single_active_timer", .boolean), ("allow_self_register", .boolean),
        ("idle_timeout_minutes", .integer(1...480)),
        ("default_daily_working_hours", .hours), ("company_name", .text(max: 200)),
        ("company_address", .text(max: 2000)),
        ("company_email", .text(max: 200)), ("company_phone", .text(max: 50)), ("company_website", .text(max: 200)),
        ("quote_prefix", .text(max: 20)), ("quote_number_pattern", .quotePattern),
        ("quote_start_number", .integer(1...1_000_000_000)), ("time_entry_require_task", .boolean),
        ("time_entry_require_description", .boolean), ("time_entry_description_min_length", .integer(1...500)),
        ("disabled_module_ids", .modules), ("prevent_overlapping_entries", .boolean),
        ("export_delimiter", .text(max: 1)), ("allow_user_tokens", .boolean),
    ]

    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    /// All settings, or one, as text.
    public func get(_ key: String?) async throws -> [(key: String, value: String)] {
        if let key { _ = try Self.kind(of: key) }
        let names = Self.keys.map(\.name).filter { key == nil || $0 == key }
        let columns = names.map { "\($0)::text" }.joined(separator: ", ")
        guard let row = try await db.query(Statement("select \(columns) from settings")).first else { return [] }
        return names.enumerated().map { ($1, row.stringOrNull($0) ?? "") }
    }

    /// Running workers are told at once, by a trigger; one that can't listen sees the change within a second.
    public func set(_ key: String, _ text: String) async throws {
        let kind = try Self.kind(of: key)
        if case .timezone = kind { try await checkZone(text) }
        let (value, type) = try Self.parse(text, kind, key)
        _ = try await db.execute(
            Statement("update settings set \(key) = $1::\(type), updated_at = clock_timestamp()", [value]))
    }

    func checkZone(_ name: String) async throws {
        guard try await isZone(name) else { throw AdminError("'\(name)' is not an IANA time zone") }
    }

    func isZone(_ name: String) async throws(PostgresError) -> Bool {
        let statement = Statement("select exists (select 1 from pg_timezone_names where name = $1)", [.text(name)])
        return try await db.query(statement).first?.bool(0) == true
    }

    static func kind(of key: String) throws -> Kind {
        guard let entry = keys.first(where: { $0.name == key }) else {
            throw AdminError("unknown setting '\(key)'; one of \(keys.map(\.name).joined(separator: ", "))")
        }
        return entry.kind
    }

    static func parse(_ text: String, _ kind: Kind, _ key: String) throws -> (PostgresValue, String) {
        switch kind {
        case .text(let max):
            guard text.unicodeScalars.count <= max else { throw AdminError("\(key) has at most \(max) characters") }
            return (.text(text), "text")
        case .timezone: return (.text(text), "text")
        case .quotePattern:
            guard text.unicodeScalars.count <= 100 else { throw AdminError("\(key) has at most 100 characters") }
            guard QuoteNumber.isPattern(text) else {
                throw AdminError(
                    "\(key) has {SEQ} once, and of other words in braces {PREFIX}, {YYYY}, {YY}, {MM}, {DD} only")
            }
            return (.text(text), "text")
        case .currency:
            guard text.utf8.count == 3, text.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else {
                throw AdminError("\(key) is a three-letter code such as EUR")
            }
            return (.text(text), "text")
        case .choice(let choices):
            guard choices.contains(text) else {
                throw AdminError("\(key) is one of \(choices.joined(separator: ", "))")
            }
            return (.text(text), "text")
        case .integer(let range):
            guard let value = Int64(text), range.contains(value) else {
                throw AdminError("\(key) is a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return (.int(value), "int")
        case .hours:
            guard let value = WorkingHours.read(text) else {
                throw AdminError("\(key) is a number of hours from 0.5 to 24")
            }
            return (.double(value), "float8")
        case .boolean:
            guard text == "true" || text == "false" else { throw AdminError("\(key) is true or false") }
            return (.bool(text == "true"), "bool")
        case .modules: return (.json(try modules(text)), "jsonb")
        }
    }

    /// Comma list of module ids, or a JSON array of them.
    private static func modules(_ text: String) throws -> String {
        let names = text.split { "[]\", ".contains($0) }.map(String.init)
        for name in names where Module(rawValue: name) == nil {
            throw AdminError("'\(name)' is not one of \(Module.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return "[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
}
