/// What names of clients, projects, tasks and users, and user names, are compared by (behaviour.md §3.6): two names are
/// the same when their keys are, composed or not, in whatever case. Only the database makes it; indexes are on it
/// (migration 0014), so the text has to be theirs.
enum NameKey {
    /// - Parameter name: an SQL expression.
    static func sql(_ name: String) -> String { "lower(normalize(\(name), nfc))" }
}
