import Postgres

/// Changes of the settings row by an administrator (behaviour.md §11.4): all that were asked for, or none.
enum SettingsChange {
    /// Running workers are told at once, by a trigger.
    ///
    /// - Parameter values: settings of ``SettingsAdmin/keys`` as texts.
    /// - Returns: names of those that are different now; only they leave an activity.
    /// - Throws: ``ValidationError`` naming each setting whose value is refused.
    @discardableResult
    static func save(_ values: [(key: String, text: String)], _ context: Context, in tx: PostgresTransaction)
        async throws -> [String]
    {
        let wanted = try await parsed(values, in: tx)
        guard !wanted.isEmpty else { return [] }
        let columns = wanted.map { "\($0.key)::text" }.joined(separator: ", ")
        guard let before = try await tx.query(Statement("select \(columns) from settings for update")).first else {
            throw APIError.internalError
        }
        var sql = SQL("update settings set updated_at = clock_timestamp()")
        for setting in wanted { sql.add(", \(setting.key) = ", setting.value, "::\(setting.type)") }
        sql.add(" returning \(columns)")
        guard let after = try await tx.query(sql.statement).first else { throw APIError.internalError }
        let changed = wanted.indices.filter { before.stringOrNull($0) != after.stringOrNull($0) }.map { wanted[$0].key }
        if !changed.isEmpty { try await context.record([.updated], ChangedSettings(names: changed), in: tx) }
        return changed
    }

    private static func parsed(_ values: [(key: String, text: String)], in tx: PostgresTransaction) async throws
        -> [(key: String, value: PostgresValue, type: String)]
    {
        var errors = ValidationErrors()
        var wanted: [(key: String, value: PostgresValue, type: String)] = []
        for (key, text) in values {
            do {
                let kind = try SettingsAdmin.kind(of: key)
                let (value, type) = try SettingsAdmin.parse(text, kind, key)
                wanted.append((key, value, type))
                guard case .timezone = kind else { continue }
                let zone = Statement("select exists (select 1 from pg_timezone_names where name = $1)", [value])
                if try await tx.query(zone).first?.bool(0) != true { errors.add(key, "This is not a known time zone.") }
            } catch let error as AdminError {
                // What is wrong is said beside the field.
                let text = error.description
                errors.add(key, text.hasPrefix(key + " ") ? "It" + text.dropFirst(key.count) + "." : text)
            }
        }
        try errors.throwIfAny()
        return wanted
    }
}

/// The settings row as something that changes.
struct ChangedSettings: JSONModel, ChangeSubject {
    static let entityType = EntityType.settings
    static let schemaName = "ChangedSettings"

    let names: [String]

    /// There is one row.
    var id: Int64 { 1 }
    var entityName: String { names.joined(separator: ", ") }
    var audience: Audience { .administrators }

    static func describe(_ object: inout some MemberVisitor<ChangedSettings>) {
        object.strings("names", "Settings whose values are different now") { $0.names }
    }
}
