import HTTPTypes
import Postgres

/// `/api/v1/time-entries` (contract 02 §4).
enum TimeEntryResource: Resource {
    private static let read = Route.Access.token(.init("read:time_entries"))
    private static let write = Route.Access.token(.init("write:time_entries"))

    static let routes = [
        Route(
            .get, path: "/api/v1/time-entries", summary: "List time entries",
            details: "Newest first. Completed entries only, unless include_active is true.",
            access: read, query: TimeEntryList.parameters,
            response: .list("time_entries", of: TimeEntry.schema), handler: TimeEntryList.list),
        Route(
            .post, path: "/api/v1/time-entries", summary: "Create a time entry",
            details: "Without end_time a timer starts. Send Idempotency-Key to make retries safe.",
            access: write, body: TimeEntryInput.create, success: .created,
            response: .saved("time_entry", TimeEntry.schema), errors: [.conflict],
            idempotency: "post:time_entries",
            handler: TimeEntryCreation.create),
        Route(
            .get, path: "/api/v1/time-entries/{id}", summary: "Get a time entry", access: read,
            response: .single("time_entry", TimeEntry.schema)
        ) { call in
            .single(key: "time_entry", try await TimeEntryStore.find(call.pathID, call))
        },
        Route(
            .put, .patch, path: "/api/v1/time-entries/{id}", summary: "Update a time entry",
            details:
                "Only the fields that are sent change. With if_updated_at the change is refused if the entry moved on.",
            access: write, body: TimeEntryInput.update, response: .saved("time_entry", TimeEntry.schema),
            errors: [.conflict], handler: TimeEntryUpdate.update),
        Route(
            .delete, path: "/api/v1/time-entries/{id}", summary: "Delete a time entry",
            details: "Running timers have to be stopped first.", access: write, response: .message, handler: delete),
    ]

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        try await call.db.transaction { tx in
            let entry = try await TimeEntryStore.lock(call.pathID, call, in: tx)
            if entry.isRunning { throw EntryRules.timerActive }
            var sql = SQL("with e as (delete from time_entries where id = ")
            sql.add("", .int(entry.id), " returning id, ")
            sql.add("", .text(entry.activityName), "::text as name), ")
            let activity = Activity(action: "deleted", entityType: "time_entry", description: "Deleted time entry: ")
            sql.add(Activity.cte([activity], from: "e", name: "e.name", call: call, in: &sql))
            sql.add(" select id from e")
            _ = try await tx.query(sql.statement)
        }
        return .message("Time entry deleted successfully")
    }
}
