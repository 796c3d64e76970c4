import HTTPTypes

/// `/api/v1/time-entries` (behaviour.md §5).
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
            handler: TimeEntryCreation.create),
        Route(
            .post, path: "/api/v1/time-entries/bulk", summary: "Change many time entries",
            details: "All or nothing. Running timers and unknown ids are skipped.", access: write,
            body: BulkInput.body, bodyLimit: BodyLimit.standard, isHeavy: true, response: BulkInput.schema,
            errors: [.notFound], handler: BulkInput.run),
        Route(
            .post, path: "/api/v1/time-entries/import-csv", summary: "Import time entries from CSV",
            details: """
                Send the file as the body, as the field `file` of a form, or as the member `csv` of a JSON object. Good rows \
                are imported even if others are refused. Exports of Toggl Track, Clockify, Harvest and Kimai are understood too.
                """,
            access: write, query: ImportRoute.parameters, upload: .csv, response: ImportReport.schema,
            errors: [.contentTooLarge],
            handler: ImportRoute.run),
        Route(
            .get, path: "/api/v1/time-entries/{id}", summary: "Get a time entry", access: read,
            response: .single("time_entry", TimeEntry.schema), isConditional: true
        ) { call in
            .single(key: "time_entry", try await TimeEntryStore.find(call.id(), call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/time-entries/{id}", summary: "Update a time entry",
            details:
                "Only the fields that are sent change. With if_updated_at the change is refused if the entry moved on.",
            access: write, body: TimeEntryInput.update, response: .saved("time_entry", TimeEntry.schema),
            errors: [.conflict], isConditional: true, handler: update),
        Route(
            .delete, path: "/api/v1/time-entries/{id}", summary: "Delete a time entry",
            details: "Running timers have to be stopped first.", access: write, response: .message,
            errors: [.badRequest], isConditional: true,
            handler: delete),
    ]

    @Sendable static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = try TimeEntryChanges(&input)
        return try await call.change { tx in
            let entry = try await TimeEntryUpdate.update(
                call.id(), changes, call.context, if: call.matching("time_entry"), in: tx)
            return .saved(.ok, message: "Time entry updated successfully", key: "time_entry", entry)
        }
    }

    @Sendable static func delete(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await TimeEntryStore.delete(call.id(), call.context, if: call.matching("time_entry"), in: tx)
            return .message("Time entry deleted successfully")
        }
    }
}
