import HTTPTypes
import Postgres

/// `/api/v1/timer` (behaviour.md §5.10–5.13).
enum TimerResource: Resource {
    private static let write = Route.Access.token(.init("write:time_entries"))
    static let stopBody = BodySchema("TimerStop", [entryID, stopTime])
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
            body: stopBody,
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
                """, access: write, success: .noContent, response: .any(), handler: heartbeat),
    ]

    @Sendable private static func status(_ call: Call) async throws -> Reply {
        let timer = try await TimerLookup.running(of: call.principal.userID, call.context)
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
    @Sendable static func stop(_ call: Call) async throws -> Reply {
        let body = call.lenientBody
        let requested: Int64? = if case .success(let id)? = body?["entry_id"].map(entryID.parse) { id } else { nil }
        let time = try requestedTime(body?["stop_time"])
        return try await change(call, "Timer stopped") { tx in
            try await TimerOperations.stop(requested, at: time, call.context, in: tx)
        }
    }

    private static func requestedTime(_ value: JSONValue?) throws -> DateTimeInput? {
        guard let value, !value.isNull else { return nil }
        guard case .success(let time) = stopTime.parse(value) else { throw TimerOperations.invalidStopTime }
        return time
    }

    @Sendable static func pause(_ call: Call) async throws -> Reply {
        try await change(call, "Timer paused") { try await TimerOperations.pause(call.context, in: $0) }
    }

    @Sendable static func resume(_ call: Call) async throws -> Reply {
        try await change(call, "Timer resumed") { try await TimerOperations.resume(call.context, in: $0) }
    }

    @Sendable static func heartbeat(_ call: Call) async throws -> Reply {
        var wasIdle = false
        let reply = try await call.change { tx in
            wasIdle = try await Heartbeat.take(call.context, in: tx)
            return Reply(status: .noContent)
        }
        if wasIdle { call.context.tellBrowsers(of: call.principal.userID) }
        return reply
    }

    private static func change(
        _ call: Call, _ message: String, _ operation: (PostgresTransaction) async throws -> TimeEntry
    ) async throws -> Reply {
        try await call.change { tx in
            .saved(.ok, message: message, key: "time_entry", try await operation(tx))
        }
    }
}
