import HTTPTypes
import NIOCore

/// `POST /api/v1/time-entries` and `POST /api/v1/timer/start` (behaviour.md §5.5, §5.10).
enum TimeEntryCreation {
    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let context = call.context
        let draft = try EntryDraft(&input, context.principal)
        let known = EntryLookupCache.of(call.app)
        // What the rules refuse by what is known may be right by now.
        if let lookup = known.find(draft, context), let versions = lookup.versions,
            let entry = try? TimeEntryBooking.checked(draft, lookup, context)
        {
            let reply = SplitReply(entry)
            let writer = DirectEntryWriter(
                entry: entry, versions: versions, context: context,
                receipt: call.idempotency.map { ($0.receipt, SplitReply.head, reply.tail) })
            if let id = try await writer.insert() { return reply.reply(id: id) }
            known.forget(draft, context)
        }
        let lookup = try await EntryLookup.load(draft.keys, context)
        let entry = try TimeEntryBooking.checked(draft, lookup, context)
        known.keep(lookup, for: draft, context)
        return try await write(entry, reply(entry), call)
    }

    static let message = "Time entry created successfully"

    static func reply(_ entry: TimeEntry) -> Reply {
        .saved(.created, message: message, key: "time_entry", entry)
    }

    @Sendable static func startTimer(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let draft = try EntryDraft(timer: &input, call.context)
        let timer = try await TimeEntryBooking.timer(draft, call.context)
        return try await write(timer, .saved(.created, message: "Timer started", key: "timer", timer), call)
    }

    private static func write(_ entry: TimeEntry, _ reply: Reply, _ call: Call) async throws -> Reply {
        let receipt = call.idempotency.map {
            Receipt(key: $0.receipt, status: reply.status.code, body: String(buffer: reply.body))
        }
        try await TimeEntryBooking.write(entry, receipt: receipt, call.context)
        return reply
    }
}

extension EntryLookupCache {
    static func of(_ app: Application) -> EntryLookupCache {
        app.memory.object(EntryLookupCache.self) { EntryLookupCache() }
    }
}
