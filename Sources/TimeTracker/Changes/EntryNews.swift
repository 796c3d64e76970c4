import Postgres
import Synchronization

/// Tells the workers in which a user's browsers listen that his time entries have changed, by `NOTIFY` on one channel for
/// all hosts.
///
/// Workers announce there whose browsers they have, again and again; so a change of entries that nobody watches costs a look
/// into a table that is empty, and the database hears nothing of it.
final class EntryNews: Sendable {
    enum Notice: Equatable {
        /// Entries of a user have changed.
        case changed(Int64)
        /// Some workers have browsers of these users, for a while.
        case watched([Int64])
        /// A worker that has just begun wants to know who is watched.
        case question
    }

    static let channel = "entry_news"
    /// How long an announcement holds, in nanoseconds of the monotonic clock; workers repeat it each 20 s.
    private static let validity: UInt64 = 60_000_000_000
    /// Users that one notice names: a payload has less than 8,000 bytes (PostgreSQL manual, NOTIFY).
    private static let mostNamed = 300

    private struct State {
        /// Until when each user is watched.
        var watched: [Int64: UInt64] = [:]
        /// Users whose change has not been told yet.
        var changed: Set<Int64> = []
        var isTelling = false
    }

    private let db: PostgresClient
    /// Whether announcements are heard; else every change is told.
    private let hearsAnnouncements: Bool
    private let clock: @Sendable () -> UInt64
    private let state = Mutex(State())

    init(
        db: PostgresClient, hearsAnnouncements: Bool = true,
        clock: @escaping @Sendable () -> UInt64 = WallClock.monotonic
    ) {
        self.db = db
        self.hearsAnnouncements = hearsAnnouncements
        self.clock = clock
    }

    /// After a user's entries have changed; waits for nothing.
    func changed(userID: Int64) {
        let begins = state.withLock { state in
            guard !hearsAnnouncements || isWatched(userID, &state) else { return false }
            state.changed.insert(userID)
            defer { state.isTelling = true }
            return !state.isTelling
        }
        if begins { Task { await tellChanges() } }
    }

    private func isWatched(_ userID: Int64, _ state: inout State) -> Bool {
        guard let until = state.watched[userID] else { return false }
        if until > clock() { return true }
        state.watched[userID] = nil
        return false
    }

    /// One notice at a time; what changes meanwhile goes into the next one.
    private func tellChanges() async {
        while true {
            let users = state.withLock { state in
                let users = state.changed
                state.changed = []
                if users.isEmpty { state.isTelling = false }
                return users
            }
            guard !users.isEmpty else { return }
            // Lost with the database: listeners look again when they have it back, and now and then besides.
            _ = try? await db.query(Self.statement(users.sorted().map(Notice.changed)))
        }
    }

    /// Tells everybody whose browsers this worker has.
    func announce(_ users: [Int64]) async {
        let notices = stride(from: 0, to: users.count, by: Self.mostNamed).map {
            Notice.watched(Array(users[$0..<min($0 + Self.mostNamed, users.count)]))
        }
        guard !notices.isEmpty else { return }
        note(users)
        _ = try? await db.query(Self.statement(notices))
    }

    /// Asks all workers whose browsers they have.
    func ask() async { _ = try? await db.query(Self.statement([.question])) }

    /// Some worker has said so.
    func note(_ users: [Int64]) {
        let until = clock() + Self.validity
        state.withLock { state in
            for user in users { state.watched[user] = until }
        }
    }

    /// Forgets who is not watched any more.
    func tidy() {
        let now = clock()
        state.withLock { state in
            if state.watched.contains(where: { $0.value <= now }) {
                state.watched = state.watched.filter { $0.value > now }
            }
        }
    }

    private static func statement(_ notices: [Notice]) -> Statement {
        Statement(
            "select pg_notify('\(channel)', n) from unnest($1::text[]) as n", [.textArray(notices.map(\.payload))])
    }
}

extension EntryNews.Notice {
    var payload: String {
        switch self {
        case .changed(let user): "c\(user)"
        case .watched(let users): "w" + users.map(String.init).joined(separator: ",")
        case .question: "?"
        }
    }

    /// Nil for what is no notice of ours.
    init?(_ payload: String) {
        switch payload.utf8.first {
        case UInt8(ascii: "?"): self = .question
        case UInt8(ascii: "c"):
            guard let user = Int64(payload.dropFirst()) else { return nil }
            self = .changed(user)
        case UInt8(ascii: "w"): self = .watched(payload.dropFirst().split(separator: ",").compactMap { Int64($0) })
        default: return nil
        }
    }
}
