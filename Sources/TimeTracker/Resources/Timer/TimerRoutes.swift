import HTTPTypes
import Postgres

/// `/api/v1/timer` (contract 02 §5).
enum TimerResource: Resource {
    private static let write = Route.Access.token(.init("write:time_entries"))
    private static let entryID = InputField<Int64>.id("entry_id", nullable: true)
    private static let saved = Schema.saved("time_entry", TimeEntry.schema)

    static let routes = [
        Route(
            .get, path: "/api/v1/timer/status", summary: "The running timer",
            access: .token(.init("read:time_entries")),
            response: .object(
                name: "TimerStatus", properties: [("active", .boolean()), ("timer", TimeEntry.schema.orNull)],
                required: ["active", "timer"]), handler: status),
        Route(
            .post, path: "/api/v1/timer/start", summary: "Start a timer", access: write,
            body: TimeEntryInput.timerStart,
            success: .created, response: .saved("timer", TimeEntry.schema), errors: [.conflict],
            handler: TimeEntryCreation.startTimer),
        Route(
            .post, path: "/api/v1/timer/stop", summary: "Stop the running timer",
            details: "A pause that is still on counts as a break.", access: write,
            body: BodySchema("TimerStop", [entryID]),
            response: saved, handler: stop),
        Route(
            .post, path: "/api/v1/timer/pause", summary: "Pause the running timer", access: write, response: saved,
            handler: pause),
        Route(
            .post, path: "/api/v1/timer/resume", summary: "Resume the paused timer", access: write, response: saved,
            handler: resume),
    ]

    @Sendable private static func status(_ call: Call) async throws -> Reply {
        let timer = try await TimerLookup.running(of: call.principal.userID, call)
        return .json { json in
            json.beginObject()
            json.key("active")
            json.value(timer != nil)
            json.key("timer")
            if let timer { timer.write(to: &json) } else { json.null() }
            json.endObject()
        }
    }

    /// The body is optional and may be anything (contract 00 §1); only a usable `entry_id` is looked at.
    @Sendable private static func stop(_ call: Call) async throws -> Reply {
        let body = call.exchange.body.flatMap { try? JSONValue.parse($0) }
        let requested: Int64? = if case .success(let id)? = body?["entry_id"].map(entryID.parse) { id } else { nil }
        return try await change(call, entryID: requested, "Timer stopped", [.stopped, .updated]) {
            timer, user, now in
            if let pausedAt = timer.pausedAt {
                timer.breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: now)
            }
            timer.pausedAt = nil
            // A timer stopped in the microsecond it began still has to end after its start.
            let end = max(now, timer.start + 1)
            timer.end = end
            timer.durationSeconds = EntryDuration.seconds(
                start: timer.start, end: end, breakSeconds: timer.breakSeconds,
                rounding: user.effective(settingsMinutes: call.settings.roundingMinutes))
        }
    }

    @Sendable private static func pause(_ call: Call) async throws -> Reply {
        try await change(call, "Timer paused", [.paused, .updated]) { timer, _, now in
            guard timer.pausedAt == nil else { throw APIError.rule("invalid_state", "The timer is already paused") }
            timer.pausedAt = now
        }
    }

    @Sendable private static func resume(_ call: Call) async throws -> Reply {
        try await change(call, "Timer resumed", [.resumed, .updated]) { timer, _, now in
            guard let pausedAt = timer.pausedAt else { throw APIError.rule("invalid_state", "The timer is not paused") }
            timer.breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: now)
            timer.pausedAt = nil
        }
    }

    private static func change(
        _ call: Call, entryID: Int64? = nil, _ message: String, _ actions: [ChangeAction],
        _ apply: @Sendable (inout TimeEntry, RoundingPreference, Int64) throws -> Void
    ) async throws -> Reply {
        try call.principal.requireWriter()
        return try await call.change { tx in
            var timer = try await TimerLookup.lock(of: call.principal.userID, entryID: entryID, in: tx)
            let now = try await tx.query(Statement("select clock_timestamp()")).first?.timestamp(0) ?? WallClock.now()
            try apply(&timer, call.principal.rounding, now)
            let entry = try await TimeEntryStore.save(timer, actions, call, in: tx)
            return .saved(.ok, message: message, key: "time_entry", entry)
        }
    }
}
