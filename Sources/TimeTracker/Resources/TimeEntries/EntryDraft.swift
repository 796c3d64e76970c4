/// A new entry as somebody described it, before the rules decide.
struct EntryDraft {
    var projectID: Int64?
    var clientID: Int64?
    var taskID: Int64?
    var start: DateTimeInput
    var end: DateTimeInput?
    var breakSeconds: Int64 = 0
    var notes: String?
    var tags: String?
    var isBillable: Bool?
    var isPaid = false
    var invoiceNumber: String?
    var userID: Int64

    var isRunning: Bool { end == nil }

    var keys: EntryLookup.Keys {
        EntryLookup.Keys(
            projectID: projectID, taskID: taskID, clientID: clientID, userID: userID,
            times: [start] + (end.map { [$0] } ?? []),
            drawsID: true)
    }

    /// The entry to store, once the rules have agreed. Project and client given together keep the project only.
    func entry(_ lookup: EntryLookup, _ settings: Settings, user: EntryLookup.User) -> TimeEntry {
        let end = isRunning ? nil : lookup.times.last
        let duration = end.map {
            EntryDuration.seconds(
                start: lookup.times[0], end: $0, breakSeconds: breakSeconds,
                rounding: user.rounding.effective(settingsMinutes: settings.roundingMinutes))
        }
        return TimeEntry(
            id: ID(lookup.nextID), userID: ID(userID), projectID: projectID.map { ID($0) },
            clientID: projectID == nil ? clientID.map { ID($0) } : nil, taskID: taskID.map { ID($0) },
            start: lookup.times[0], end: end, durationSeconds: duration, breakSeconds: breakSeconds,
            notes: notes, tags: tags, source: isRunning ? "auto" : "manual",
            isBillable: isBillable ?? lookup.project?.isBillable ?? true,
            isPaid: isPaid, invoiceNumber: invoiceNumber, createdAt: lookup.now, updatedAt: lookup.now,
            username: user.username, projectName: lookup.project?.name,
            clientName: projectID == nil ? lookup.client?.name : nil, taskName: taskID == nil ? nil : lookup.task?.name)
    }
}
