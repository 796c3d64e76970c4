import HTTPTypes
import Postgres

/// `POST /api/v1/time-entries/bulk` (behaviour.md §5.8): one action on many entries, all or nothing; running ones are
/// left alone.
enum BulkUpdate {
    /// Most ids of a request.
    static let limit = 1000
    private static let maxTagLength = 100
    private static let maxTagsLength = 500

    enum Action: String, CaseIterable, Sendable {
        case delete
        case setBillable = "set_billable"
        case setPaid = "set_paid"
        case addTag = "add_tag"
        case removeTag = "remove_tag"
    }

    private static let ids = InputField<[Int64]>.custom(
        "entry_ids", schema: .array(of: .integer(), description: "1 to \(limit) ids"),
        required: "entry_ids is required", parse: parseIDs)
    private static let action = InputField<String>.enumeration(
        "action", Action.allCases.map(\.rawValue), required: "action is required")
    private static let value = InputField<JSONValue>.custom(
        "value", schema: .any(description: "A boolean for set_billable and set_paid, a tag for add_tag and remove_tag"),
        nullable: true
    ) { .success($0) }
    static let body = BodySchema("TimeEntryBulk", [ids, action, value])

    static let schema = Schema.object(
        name: "TimeEntryBulkResult",
        properties: [
            ("success", .boolean()), ("affected", .integer(description: "Entries that were changed")),
            ("skipped", .integer(description: "Ids that were not: unknown or running")),
        ], required: ["success", "affected", "skipped"])

    @Sendable private static func parseIDs(_ value: JSONValue) -> Result<[Int64], InputFailure> {
        guard let values = value.arrayValue, !values.isEmpty else {
            return .failure("Must be a non-empty list of ids.")
        }
        guard values.count <= limit else { return .failure("At most \(limit) ids.") }
        var ids: Set<Int64> = []
        for value in values {
            guard case .success(let id) = IntegerInput.parse(value, in: Int64.min...Int64.max) else {
                return .failure("Must be a non-empty list of ids.")
            }
            ids.insert(id)
        }
        return .success(ids.sorted())
    }

    @Sendable static func run(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let ids = input.get(ids).value ?? []
        let action = input.get(action).value.flatMap(Action.init(rawValue:))
        let given = input.get(value).value
        let effect = action.flatMap { Self.effect($0, given, &input) }
        try input.finish()
        guard let effect else { throw APIError.internalError }
        return try await call.change { tx in
            let found = try await lock(ids, call, in: tx)
            let entries = found.filter { !$0.isRunning }
            guard !entries.isEmpty else { throw APIError.rule("error", "All of these entries are running timers") }
            try await carryOut(effect, on: entries, call, in: tx)
            return .json { json in
                json.beginObject()
                json.key("success")
                json.value(true)
                json.key("affected")
                json.value(entries.count)
                json.key("skipped")
                json.value(ids.count - entries.count)
                json.endObject()
            }
        }
    }

    private enum Effect {
        case delete
        case billable(Bool)
        case paid(Bool)
        case addTag(String)
        case removeTag(String)

        /// The tag that it is about.
        var tag: String? {
            switch self {
            case .addTag(let tag), .removeTag(let tag): tag
            default: nil
            }
        }
    }

    private static func effect(_ action: Action, _ value: JSONValue?, _ input: inout InputReader) -> Effect? {
        switch action {
        case .delete: return .delete
        case .setBillable, .setPaid:
            guard case .bool(let flag) = value else {
                input.errors.add("value", "Must be a boolean.")
                return nil
            }
            return action == .setPaid ? .paid(flag) : .billable(flag)
        case .addTag, .removeTag:
            let raw = value?.stringValue?.trimmed ?? ""
            guard !raw.isEmpty, !raw.contains(UInt8(ascii: ",")), let tag = try? raw.text(atMost: maxTagLength) else {
                input.errors.add("value", "Must be a tag of 1 to \(maxTagLength) characters without commas.")
                return nil
            }
            return action == .addTag ? .addTag(tag) : .removeTag(tag)
        }
    }

    /// In the order of ids, so that two requests can't lock each other out.
    private static func lock(_ ids: [Int64], _ call: Call, in tx: PostgresTransaction) async throws -> [TimeEntry] {
        let statement = Statement(
            """
            select \(TimeEntry.entryColumns), \(TimeEntry.nameColumns) from time_entries e \(TimeEntry.nameJoins)
            where e.id = any ($1) order by e.id for update of e
            """, [.intArray(ids)])
        let entries = try await tx.query(statement).map { TimeEntry($0) }
        guard !entries.isEmpty else {
            throw APIError(.notFound, "not_found", "None of these time entries exist")
        }
        guard call.principal.isAdmin || entries.allSatisfy({ $0.userID == call.principal.userID }) else {
            throw APIError.forbidden("You do not have access to all of these time entries")
        }
        return entries
    }

    private static func carryOut(
        _ effect: Effect, on entries: [TimeEntry], _ call: Call, in tx: PostgresTransaction
    ) async throws {
        let ids = PostgresValue.intArray(entries.map(\.id))
        if case .delete = effect {
            _ = try await tx.query(Statement("delete from time_entries where id = any ($1)", [ids]))
            return try await record(.deleted, entries, call, in: tx)
        }
        let keys = try await TagKeys(of: entries, and: effect.tag, in: tx)
        var changed = try entries.map { try applying(effect, to: $0, keys) }
        let statement = Statement(
            """
            update time_entries e set billable = n.billable, paid = n.paid, tags = nullif(n.tags, ''),
                invoice_number = case when n.paid then e.invoice_number end, updated_at = clock_timestamp()
            from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) as v (id, billable, paid, tags),
                 lateral (select v.billable = 1 as billable, v.paid = 1 as paid, v.tags as tags) n
            where e.id = v.id
            returning e.id, e.updated_at
            """,
            [
                ids, .intArray(changed.map { $0.isBillable ? 1 : 0 }), .intArray(changed.map { $0.isPaid ? 1 : 0 }),
                .textArray(changed.map { $0.tags ?? "" }),
            ])
        let stamps = Dictionary(
            uniqueKeysWithValues: try await tx.query(statement).map { ($0.int(0), $0.timestamp(1)) })
        for index in changed.indices {
            changed[index].updatedAt = stamps[changed[index].id] ?? changed[index].updatedAt
        }
        try await record(.updated, changed, call, in: tx)
    }

    private static func applying(_ effect: Effect, to entry: TimeEntry, _ keys: TagKeys) throws -> TimeEntry {
        var entry = entry
        switch effect {
        case .delete: break
        case .billable(let flag): entry.isBillable = flag
        case .paid(let flag):
            entry.isPaid = flag
            if !flag { entry.invoiceNumber = nil }
        case .addTag(let tag): entry.tags = keys.adding(tag, to: entry.tags)
        case .removeTag(let tag): entry.tags = keys.removing(tag, from: entry.tags)
        }
        guard (entry.tags?.unicodeScalars.count ?? 0) <= maxTagsLength else {
            throw APIError.validation(
                "value", "The tags of entry \(entry.id) would exceed \(maxTagsLength) characters.")
        }
        return entry
    }

    private static func record(
        _ action: ChangeAction, _ entries: [TimeEntry], _ call: Call, in tx: PostgresTransaction
    ) async throws {
        try await call.context.record(entries.map { Change(action, $0, by: call.principal) }, in: tx)
    }
}
