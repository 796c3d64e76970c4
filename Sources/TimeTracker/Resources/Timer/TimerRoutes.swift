import HTTPTypes
import Postgres

/// `/api/v1/timer` (behaviour.md §5.10–5.13).
enum TimerResource: Resource {
    private static let write = Route.Access.token(.init("write:time_entries"))
    private static let entryID = InputField<Int64>.id("entry_id", nullable: true)
    private static let stopTime = InputField<DateTimeInput>.instant("stop_time", nullable: true)
    private static let saved = Schema.saved("time_entry", TimeEntry.schema)

    static let routes = [
        Route(
            .get, path: "/api/v1/timer/status", summary: "The running timer",
            access: .token(.init("read:time_entries")),
            response: .object(
                name: "TimerStatus",
                properties: [
                    ("active", .boolean()), ("timer", TimeEntry.schema.orNull),
                    ("idle_timeout_minutes", .integer(description: "Silence after which a user counts as idle")),
                    ("idle_notified", .boolean(description: "Whether the timer's user was found idle")),
                ],
                required: ["active", "timer", "idle_timeout_minutes", "idle_notified"]), handler: status),
        Route(
            .post, path: "/api/v1/timer/start", summary: "Start a timer",
            details: "Refused while one runs, which the refusal carries as timer.", access: write,
            body: TimeEntryInput.timerStart,
            success: .created, response: .saved("timer", TimeEntry.schema), errors: [.conflict],
            handler: TimeEntryCreation.startTimer),
        Route(
            .post, path: "/api/v1/timer/stop", summary: "Stop the running timer",
            details: """
                A pause that is still on counts as a break. With stop_time the entry ends then: after its start, and at the \
                latest now.
                """, access: write,
            body: BodySchema("TimerStop", [entryID, stopTime]),
            response: saved, handler: stop),
        Route(
            .post, path: "/api/v1/timer/pause", summary: "Pause the running timer", access: write, response: saved,
            handler: pause),
        Route(
            .post, path: "/api/v1/timer/resume", summary: "Resume the paused timer", access: write, response: saved,
            handler: resume),
        Route(
            .post, path: "/api/v1/timer/heartbeat", summary: "Tell that the running timer's user is at work",
            details: """
                For clients that notice idleness: send it about once a minute while there is activity. After \
                idle_timeout_minutes of silence the timer is marked (idle_notified, webhook time_entry.idle); five minutes \
                later it is stopped at the last heartbeat. Timers that never get a heartbeat go on.
                """, access: write, success: .noContent, response: .any(), handler: Heartbeat.take),
    ]

    @Sendable private static func status(_ call: Call) async throws -> Reply {
        let timer = try await TimerLookup.running(of: call.principal.userID, call)
        return .json { json in
            json.beginObject()
            json.key("active")
            json.value(timer != nil)
            json.key("timer")
            if let timer { timer.write(to: &json) } else { json.null() }
            json.key("idle_timeout_minutes")
            json.value(call.settings.idleTimeoutMinutes)
            json.key("idle_notified")
            json.value(timer?.isIdleNotified ?? false)
            json.endObject()
        }
    }

    /// The body is optional and may be anything (behaviour.md §1.3); only a usable `entry_id` and `stop_time` are
    /// looked at.
    @Sendable private static func stop(_ call: Call) async throws -> Reply {
        let body = call.exchange.body.flatMap { try? JSONValue.parse($0) }
        let requested: Int64? = if case .success(let id)? = body?["entry_id"].map(entryID.parse) { id } else { nil }
        let time = try requestedTime(body?["stop_time"])
        return try await change(call, entryID: requested, at: time, "Timer stopped", [.stopped, .updated]) {
            timer, user, clock in
            if time != nil, clock.given <= timer.start { throw invalidStopTime }
            // A start may lie a little ahead of the clock.
            timer.stop(
                at: max(min(clock.given, clock.now), timer.start),
                rounding: user.effective(settingsMinutes: call.settings.roundingMinutes))
        }
    }

    private static func requestedTime(_ value: JSONValue?) throws -> DateTimeInput? {
        guard let value, !value.isNull else { return nil }
        guard case .success(let time) = stopTime.parse(value) else { throw invalidStopTime }
        return time
    }

    private static var invalidStopTime: APIError {
        var error = APIError.validation("stop_time", "Must be a datetime after the timer's start.")
        error.code = "invalid_stop_time"
        return error
    }

    /// Who pauses or resumes is at work.
    @Sendable private static func pause(_ call: Call) async throws -> Reply {
        try await change(call, "Timer paused", [.paused, .updated]) { timer, _, clock in
            guard timer.pausedAt == nil else { throw APIError.rule("invalid_state", "The timer is already paused") }
            timer.pausedAt = clock.now
            timer.noteActivity(at: clock.now)
        }
    }

    @Sendable private static func resume(_ call: Call) async throws -> Reply {
        try await change(call, "Timer resumed", [.resumed, .updated]) { timer, _, clock in
            guard let pausedAt = timer.pausedAt else { throw APIError.rule("invalid_state", "The timer is not paused") }
            timer.breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: clock.now)
            timer.pausedAt = nil
            timer.noteActivity(at: clock.now)
        }
    }

    /// Whole seconds; `given` is the time asked for, or now.
    private struct Clock {
        let now: Int64
        let given: Int64
    }

    private static func change(
        _ call: Call, entryID: Int64? = nil, at time: DateTimeInput? = nil, _ message: String,
        _ actions: [ChangeAction],
        _ apply: @Sendable (inout TimeEntry, RoundingPreference, Clock) throws -> Void
    ) async throws -> Reply {
        try call.principal.requireWriter()
        return try await call.change { tx in
            var timer = try await TimerLookup.lock(of: call.principal.userID, entryID: entryID, in: tx)
            var sql = SQL("select clock_timestamp()")
            if let time { sql.add(", \(WallTime.expression(time, zone: call.settings.timezone, in: &sql))") }
            guard let row = try await tx.query(sql.statement).first else { throw APIError.internalError }
            let now = InstantFormat.wholeSecond(row.timestamp(0))
            try apply(&timer, call.principal.rounding, Clock(now: now, given: time == nil ? now : row.timestamp(1)))
            let entry = try await TimeEntryStore.save(timer, actions, call, in: tx)
            return .saved(.ok, message: message, key: "time_entry", entry)
        }
    }
}

extension TimeEntry {
    /// Ends a running timer; what is left of a pause counts as a break.
    ///
    /// - Parameter end: not before the start.
    mutating func stop(at end: Int64, rounding: Rounding) {
        if let pausedAt { breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: end) }
        pausedAt = nil
        self.end = end
        durationSeconds = EntryDuration.seconds(start: start, end: end, breakSeconds: breakSeconds, rounding: rounding)
    }

    /// The user does something with the timer: that is as good as a heartbeat, where there are heartbeats.
    fileprivate mutating func noteActivity(at now: Int64) {
        if lastHeartbeatAt != nil { lastHeartbeatAt = now }
        idleNotifiedAt = nil
    }
}
