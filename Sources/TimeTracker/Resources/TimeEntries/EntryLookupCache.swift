import Synchronization

/// What bookings referred to lately, so that the next one on the same project and task needs no reading before its write.
///
/// Nothing is trusted: ``DirectEntryWriter`` writes only while every row still has the version that was read.
final class EntryLookupCache: Sendable {
    private struct Key: Hashable {
        let userID: Int64
        let projectID: Int64
        /// 0 = none.
        let taskID: Int64
    }

    private struct Known {
        let lookup: EntryLookup
        /// ``WallClock/monotonic()`` when the answer was there.
        let readAt: UInt64
    }

    /// Keys remembered; then all are forgotten.
    private static let capacity = 4096
    /// Nanoseconds, over which the clocks of two hosts stay together.
    private static let lifetime: UInt64 = 60_000_000_000

    private let known = Mutex<[Key: Known]>([:])

    /// What is known of the draft's place, with the draft's times and the database's time as it must be by now.
    ///
    /// - Returns: nil when it has to be read.
    func find(_ draft: EntryDraft, _ context: Context) -> EntryLookup? {
        guard let key = Self.key(draft, context), let times = Self.instants(draft, context.settings) else { return nil }
        let now = WallClock.monotonic()
        guard let known = known.withLock({ $0[key] }), now - known.readAt < Self.lifetime else { return nil }
        var lookup = known.lookup
        // The write draws it.
        lookup.nextID = 0
        lookup.times = times
        lookup.now = Instant(lookup.now.microseconds + Int64((now - known.readAt) / 1000))
        return lookup
    }

    func keep(_ lookup: EntryLookup, for draft: EntryDraft, _ context: Context) {
        guard !lookup.hasWebhooks, let key = Self.key(draft, context) else { return }
        let now = WallClock.monotonic()
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
            known[key] = Known(lookup: lookup, readAt: now)
        }
    }

    func forget(_ draft: EntryDraft, _ context: Context) {
        guard let key = Self.key(draft, context) else { return }
        known.withLock { $0[key] = nil }
    }

    /// Nil for what takes more than a look at the rows: timers, overlaps, times of the app's zone, users who see some
    /// clients only.
    private static func key(_ draft: EntryDraft, _ context: Context) -> Key? {
        guard !draft.isRunning, let projectID = draft.projectID, draft.clientID == nil,
            !context.settings.preventsOverlap,
            !context.principal.seesAssignedClientsOnly
        else { return nil }
        return Key(userID: draft.userID, projectID: projectID, taskID: draft.taskID ?? 0)
    }

    private static func instants(_ draft: EntryDraft, _ settings: Settings) -> [Instant]? {
        var instants: [Instant] = []
        instants.reserveCapacity(2)
        for time in draft.keys.times {
            switch time {
            case .instant(let instant): instants.append(Instant(instant))
            case .wall(let wall):
                guard settings.isUTC else { return nil }
                instants.append(Instant(wall))
            }
        }
        return instants
    }
}
