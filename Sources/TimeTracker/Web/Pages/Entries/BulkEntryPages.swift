import HTTPTypes
import Postgres

/// Changes of many entries of the list, each of which can be taken back.
enum BulkEntryPages {
    static let routes = [
        Route(
            .post, path: "/entries/bulk", summary: "Change many entries",
            access: .page(.action(of: EntryListPages.path)), isHeavy: true, response: .string(), handler: carryOut),
        Route(
            .post, path: "/entries/undo/{id}", summary: "Take a change of many entries back",
            access: .page(.action(of: EntryListPages.path)), isHeavy: true, response: .string(), handler: undo),
    ]

    /// What can be done, as the list offers it.
    private enum Action: String, CaseIterable {
        case addTag = "add_tag"
        case removeTag = "remove_tag"
        case billable, notBillable = "not_billable"
        case paid, unpaid
        case move, delete

        var label: String {
            switch self {
            case .addTag: "Add tag"
            case .removeTag: "Remove tag"
            case .billable: "Make billable"
            case .notBillable: "Make not billable"
            case .paid: "Mark as paid"
            case .unpaid: "Mark as unpaid"
            case .move: "Move to project or task"
            case .delete: "Delete"
            }
        }

        /// The same in the words of the API's operation; nil for what it hasn't.
        func members(_ form: FormBody) -> [(String, JSONValue)]? {
            let (action, value): (String, JSONValue) =
                switch self {
                case .addTag, .removeTag: (rawValue, .string(RawText(form.trimmed("value"))))
                case .billable, .notBillable: ("set_billable", .bool(self == .billable))
                case .paid, .unpaid: ("set_paid", .bool(self == .paid))
                case .delete: ("delete", .null)
                case .move: ("", .null)
                }
            return self == .move ? nil : [("action", .string(RawText(action))), ("value", value)]
        }
    }

    static func options(chosen: String) -> HTML {
        FormOptions.html(
            [.init(value: "", name: "Choose…")] + Action.allCases.map { .init(value: $0.rawValue, name: $0.label) },
            chosen: chosen)
    }

    @Sendable private static func carryOut(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let back = TimerPages.back(form, or: EntryListPages.path)
        let problems: FormProblems
        let ids = form.all("entry_id").compactMap { Int64($0) }
        if ids.isEmpty {
            problems = FormProblems(general: "Choose the entries first.")
        } else if let action = form.text("action").flatMap(Action.init) {
            switch try await change(action, ids, form, call) {
            case .done(let answer):
                guard case .number(let batch)? = answer["batch"] else { throw APIError.internalError }
                return call.seeOther(back + (back.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + "changed=\(batch)")
            case .refused(let found): problems = found
            }
        } else {
            problems = FormProblems(general: "Choose what to do with them.")
        }
        let parts = back.split(separator: "?", maxSplits: 1)
        return try await EntryListPages.page(
            call, query: parts.count == 2 ? String(parts[1]) : "", refusal: .init(form: form, problems: problems))
    }

    private static func change(
        _ action: Action, _ ids: [Int64], _ form: FormBody, _ call: Call
    ) async throws -> Submission {
        let chosen = JSONValue.array(ids.map { .number("\($0)") })
        if let members = action.members(form) {
            return try await call.carryOut(BulkInput.body, [("entry_ids", chosen)] + members, form: form, ids: []) {
                let (effect, ids) = try BulkInput.read($0)
                return try await run(.bulk(effect), on: ids, $0)
            }
        }
        guard let place = form.text("place").flatMap({ Place($0) }) else {
            return .refused(FormProblems(general: "Choose the project or task."))
        }
        let sorted = Set(ids).sorted()
        return try await call.carryOut(TimeEntryInput.update, place.members, form: form, ids: []) {
            var input = try $0.input(partial: true)
            return try await run(.move(try TimeEntryChanges(&input)), on: sorted, $0)
        }
    }

    private static func run(_ effect: EntryBatch.Effect, on ids: [Int64], _ call: Call) async throws -> Reply {
        try await call.change { tx in
            let outcome = try await EntryBatch.run(effect, on: ids, call.context, in: tx)
            return .json { json in
                json.beginObject()
                json.key("batch")
                json.value(outcome.id)
                json.key("affected")
                json.value(outcome.affected)
                json.endObject()
            }
        }
    }

    // MARK: Back

    @Sendable private static func undo(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let back = TimerPages.back(form, or: EntryListPages.path)
        let result = try await call.carryOut(BodySchema("EntryUndo", []), [], form: form) { call in
            try await call.change { tx in
                let (restored, left) = try await EntryBatch.undo(call.pathID, call.context, in: tx)
                return .json { json in
                    json.beginObject()
                    json.key("restored")
                    json.value(restored)
                    json.key("left")
                    json.value(left)
                    json.endObject()
                }
            }
        }
        switch result {
        case .done(let answer):
            return call.seeOther(back, answer["left"] == .number("0") ? .entriesRestored : .entriesPartlyRestored)
        case .refused(let problems):
            let parts = back.split(separator: "?", maxSplits: 1)
            return try await EntryListPages.page(
                call, query: parts.count == 2 ? String(parts[1]) : "", refusal: .init(form: form, problems: problems))
        }
    }

    /// What the list says of a change that has just been made, as long as it can be taken back.
    static func change(_ id: Int64?, _ call: Call) async throws -> [String: Any]? {
        guard let id else { return nil }
        let statement = Statement(
            """
            select (select count(*) from (select x ->> 'id' from jsonb_array_elements(before) x
                                          union select jsonb_object_keys(after)) k) from entry_batches
            where id = $1 and user_id = $2 and created_at > now() - interval '24 hours'
            """, [.int(id), .int(call.principal.userID)])
        guard let count = try await call.db.query(statement).first?.int(0) else { return nil }
        return [
            "id": "\(id)", "said": count == 1 ? "One entry has been changed." : "\(count) entries have been changed.",
        ]
    }
}
