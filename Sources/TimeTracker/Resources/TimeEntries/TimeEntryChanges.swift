/// What somebody wants to set on a time entry.
struct TimeEntryChanges: Sendable {
    var projectID: Presence<Int64> = .absent
    var clientID: Presence<Int64> = .absent
    var taskID: Presence<Int64> = .absent
    var start: Presence<DateTimeInput> = .absent
    var end: Presence<DateTimeInput> = .absent
    var ifUpdatedAt: Presence<DateTimeInput> = .absent
    var breakSeconds: Presence<Int64> = .absent
    var notes: Presence<String> = .absent
    var tags: Presence<String> = .absent
    var invoiceNumber: Presence<String> = .absent
    var billable: Presence<Bool> = .absent
    var paid: Presence<Bool> = .absent

    /// The times that the database has to turn into instants.
    var times: [DateTimeInput] { [start.value, end.value, ifUpdatedAt.value].compactMap(\.self) }
}
