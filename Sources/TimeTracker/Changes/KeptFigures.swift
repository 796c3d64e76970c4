import Redis
import Synchronization

/// Figures of users that are kept in Redis, of which the revisions tell whether they still hold: what is kept names the
/// revisions under which it was computed.
struct KeptFigures: Sendable {
    /// Seconds. Revisions outlive all that is kept under them.
    private static let lifetime = "3600"

    let redis: RedisClient?
    let keyPrefix: String
    /// Browsers that watch the entries hear of changes too; nil where there are none to tell.
    var news: EntryNews?

    /// After any write to a user's time entries; waits for nothing.
    func forget(userID: Int64) {
        advance(revision(userID))
        news?.changed(userID: userID)
    }

    /// After changes of rates, which concern every user; waits for nothing.
    func forgetAll() { advance(commonRevision) }

    /// Keys of the revisions under which figures of a user are kept.
    func revisions(userID: Int64) -> [String] { [revision(userID), commonRevision] }

    private func advance(_ key: String) {
        redis?.post(.init(["SET", key, Self.newRevision(), "EX", Self.lifetime]))
    }

    private static let origin = UUIDText.random()
    private static let count = Atomic<UInt64>(0)

    /// One that was never there and never will be, even if the one before has expired. Counted behind what is random once
    /// for the process, since randomness costs each booking a system call.
    private static func newRevision() -> String {
        "\(origin).\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    private func revision(_ userID: Int64) -> String { "\(keyPrefix)value_dashboard_revision:{\(userID)}" }
    private var commonRevision: String { "\(keyPrefix)value_dashboard_revision" }
}
