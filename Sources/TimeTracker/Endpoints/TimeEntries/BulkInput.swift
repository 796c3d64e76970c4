import HTTPTypes

/// `POST /api/v1/time-entries/bulk` (behaviour.md §5.8): one action on many entries, all or nothing; running ones are
/// left alone.
enum BulkInput {
    enum Action: String, CaseIterable, Sendable {
        case delete
        case setBillable = "set_billable"
        case setPaid = "set_paid"
        case addTag = "add_tag"
        case removeTag = "remove_tag"
    }

    private static let ids = InputField<[Int64]>.custom(
        "entry_ids", schema: .array(of: .integer(), description: "1 to \(BulkUpdate.limit) ids"),
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
        guard values.count <= BulkUpdate.limit else { return .failure("At most \(BulkUpdate.limit) ids.") }
        var ids: Set<Int64> = []
        for value in values {
            guard case .success(let id) = IntegerInput.parse(value, in: Int64.min...Int64.max) else {
                return .failure("Must be a non-empty list of ids.")
            }
            ids.insert(id)
        }
        return .success(ids.sorted())
    }

    /// What a body asks for: the effect, and ids in ascending order.
    static func read(_ call: Call) throws -> (BulkUpdate.Effect, [Int64]) {
        var input = try call.input()
        let ids = input.get(ids).value ?? []
        let action = input.get(action).value.flatMap(Action.init(rawValue:))
        let given = input.get(value).value
        let effect = action.flatMap { Self.effect($0, given, &input) }
        try input.finish()
        guard let effect else { throw APIError.internalError }
        return (effect, ids)
    }

    @Sendable static func run(_ call: Call) async throws -> Reply {
        let (effect, ids) = try read(call)
        return try await call.change { tx in
            let affected = try await BulkUpdate.run(effect, on: ids, call.context, in: tx)
            return .json { json in
                json.beginObject()
                json.key("success")
                json.value(true)
                json.key("affected")
                json.value(affected)
                json.key("skipped")
                json.value(ids.count - affected)
                json.endObject()
            }
        }
    }

    private static func effect(_ action: Action, _ value: JSONValue?, _ input: inout InputReader) -> BulkUpdate.Effect?
    {
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
            guard !raw.isEmpty, !raw.contains(UInt8(ascii: ",")),
                let tag = try? raw.text(atMost: BulkUpdate.maxTagLength)
            else {
                input.errors.add("value", "Must be a tag of 1 to \(BulkUpdate.maxTagLength) characters without commas.")
                return nil
            }
            return action == .addTag ? .addTag(tag) : .removeTag(tag)
        }
    }
}
