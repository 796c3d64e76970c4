import CPostgres
import Synchronization

/// The servers that a URL names, each to be connected to by itself, and which of them served last.
///
/// libpq would try one after the other, and one that is silent would take the time of all.
final class HostList: Sendable {
    let hosts: [ConnectionSettings]
    /// Whether connections have to be to a server that takes writes.
    let wantsPrimary: Bool
    private let preferred = Atomic<Int>(0)

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let settings = try ConnectionSettings(configuration)
        hosts = settings.byHost(attributes: configuration.isForReading ? "any" : "read-write")
        wantsPrimary = ["read-write", "primary"].contains(hosts[0].value("target_session_attrs"))
    }

    var areSeveral: Bool { hosts.count > 1 }

    /// Indices of the hosts in the order in which to try them.
    var order: [Int] {
        let first = preferred.load(ordering: .relaxed)
        return hosts.indices.map { ($0 + first) % hosts.count }
    }

    /// The host has served, and is the first to be tried from now on.
    func served(_ host: Int) { preferred.store(host, ordering: .relaxed) }

    /// The host is not what is wanted; the next one is tried first.
    func left(_ host: Int) {
        _ = preferred.compareExchange(
            expected: host, desired: (host + 1) % hosts.count, ordering: .relaxed)
    }

    /// How long to wait between attempts: a promotion should be found soon after it happened.
    var backoff: Backoff { areSeveral ? Backoff(limit: .milliseconds(500)) : Backoff() }
}

extension ConnectionSettings {
    /// One for each host, where there are several (PostgreSQL manual, "Specifying Multiple Hosts").
    ///
    /// - Parameter attributes: `target_session_attrs` that several hosts have if the URL names none.
    func byHost(attributes: String) -> [ConnectionSettings] {
        let keys = ["host", "hostaddr", "port"]
        let lists = keys.map { key in
            value(key).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        }
        let count = max(lists[0].count, lists[1].count)
        // A preference among them is for libpq, which goes through the list twice.
        guard count > 1, value("target_session_attrs") != "prefer-standby" else { return [self] }
        return (0..<count).map { index in
            var settings = self
            for (key, list) in zip(keys, lists) where list.count > 1 { settings.set(key, list[index]) }
            settings.setUnlessGiven("target_session_attrs", attributes)
            return settings
        }
    }
}
