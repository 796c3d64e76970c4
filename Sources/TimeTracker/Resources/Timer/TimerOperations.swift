import Postgres

/// What can be done with a running timer (behaviour.md §5.10–5.13). A user's timer is the one that started last.
enum TimerOperations {
    /// - Parameters:
    ///   - entryID: the timer meant; nil = the last one.
    ///   - time: when it ends, after its start and at the latest now; nil = now.
    /// - Throws: ``APIError`` 400 `no_active_timer`, `invalid_stop_time`.
    static func stop(
        _ entryID: Int64?, at time: DateTimeInput?, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TimeEntry {
        try await change(context, entryID: entryID, at: time, [.stopped, .updated], in: tx) { timer, clock in
            if time != nil, clock.given <= timer.start { throw invalidStopTime }
            // A start may lie a little ahead of the clock.
            timer.stop(
                at: max(min(clock.given, clock.now), timer.start),
                rounding: context.principal.rounding.effective(settingsMinutes: context.settings.roundingMinutes))
        }
    }

    static var invalidStopTime: APIError {
        var error = APIError.validation("stop_time", "Must be a datetime after the timer's start.")
        error.code = "invalid_stop_time"
        return error
    }

    /// Who pauses or resumes is at work.
    ///
    /// - Throws: ``APIError`` 400 `no_active_timer`, `invalid_state`.
    static func pause(_ context: Context, in tx: PostgresTransaction) async throws -> TimeEntry {
        try await change(context, [.paused, .updated], in: tx) { timer, clock in
            guard timer.pausedAt == nil else { throw APIError.rule("invalid_state", "The timer is already paused") }
            timer.pausedAt = clock.now
            timer.noteActivity(at: clock.now)
        }
    }

    /// - Throws: ``APIError`` 400 `no_active_timer`, `invalid_state`.
    static func resume(_ context: Context, in tx: PostgresTransaction) async throws -> TimeEntry {
        try await change(context, [.resumed, .updated], in: tx) { timer, clock in
            guard let pausedAt = timer.pausedAt else { throw APIError.rule("invalid_state", "The timer is not paused") }
            timer.breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: clock.now)
            timer.pausedAt = nil
            timer.noteActivity(at: clock.now)
        }
    }

    /// Whole seconds; `given` is the time asked for, or now.
    private struct Clock {
        let now: Instant
        let given: Instant
    }

    private static func change(
        _ context: Context, entryID: Int64? = nil, at time: DateTimeInput? = nil, _ actions: [ChangeAction],
        in tx: PostgresTransaction, _ apply: (inout TimeEntry, Clock) throws -> Void
    ) async throws -> TimeEntry {
        var timer = try await TimerLookup.lock(of: context.principal.userID, entryID: entryID, in: tx)
        var sql = SQL("select clock_timestamp()")
        if let time { sql.add(", \(WallTime.expression(time, zone: context.settings.timezone, in: &sql))") }
        guard let row = try await tx.query(sql.statement).first else { throw APIError.internalError }
        let now = InstantFormat.wholeSecond(Instant(row.timestamp(0)))
        try apply(&timer, Clock(now: now, given: time == nil ? now : Instant(row.timestamp(1))))
        return try await TimeEntryStore.save(timer, actions, context, in: tx)
    }
}

extension TimeEntry {
    /// Ends a running timer; what is left of a pause counts as a break.
    ///
    /// - Parameter end: not before the start.
    mutating func stop(at end: Instant, rounding: Rounding) {
        if let pausedAt { breakSeconds += EntryDuration.wholeSeconds(from: pausedAt, to: end) }
        pausedAt = nil
        self.end = end
        durationSeconds = EntryDuration.seconds(start: start, end: end, breakSeconds: breakSeconds, rounding: rounding)
    }

    /// The user does something with the timer: that is as good as a heartbeat, where there are heartbeats.
    fileprivate mutating func noteActivity(at now: Instant) {
        if lastHeartbeatAt != nil { lastHeartbeatAt = now }
        idleNotifiedAt = nil
    }
}
