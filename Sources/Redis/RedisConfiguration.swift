/// Where Redis is and how long to wait for it.
public struct RedisConfiguration: Sendable {
    enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
        case sentinel(Sentinels)
    }

    /// Who knows where the master is.
    struct Sentinels: Sendable, Equatable {
        let addresses: [Address]
        /// Name under which they watch it.
        let master: String
        /// Their own; the master's are the URL's.
        let password: String?
    }

    /// A URL that names no usable Redis.
    public struct InvalidURL: Error, CustomStringConvertible {
        public let description: String
    }

    private(set) var address: Address
    private(set) var username: String?
    private(set) var password: String?
    private(set) var database: Int
    /// Whether a server that turns out to be a replica is refused.
    private(set) var wantsMaster = false
    public var commandTimeout: Duration = .milliseconds(250)
    public var connectTimeout: Duration = .seconds(1)
    /// Commands in flight on the connection; more fail at once.
    public var maxInFlight = 10_000

    /// - Parameter url: `redis://[[user]:password@]host[:port][/database]`, `unix://[:password@]/path[?db=n]` or
    ///   `redis+sentinel://[[user]:password@]host[:port],…/master[/database][?sentinel_password=…]`.
    public init(url: String) throws(InvalidURL) {
        if url.hasPrefix("rediss://") {
            throw InvalidURL(
                description:
                    "TLS to Redis needs hiredis 1.0 or later built with SSL, and this build has 0.14: use redis:// or unix:// through stunnel on this host"
            )
        }
        guard let mark = Self.range(of: "://", in: url) else { throw InvalidURL(description: "not a Redis URL") }
        let scheme = url[..<mark.lowerBound]
        let rest = url[mark.upperBound...]
        switch scheme {
        case "unix", "redis+unix":
            let start = rest.firstIndex(of: "/") ?? rest.endIndex
            let parts = rest[start...].split(separator: "?", maxSplits: 1)
            guard let path = parts.first else { throw InvalidURL(description: "the URL names no socket") }
            address = .unix(path: String(path))
            (username, password) = Self.credentials(rest[..<start].dropLast(rest[..<start].hasSuffix("@") ? 1 : 0))
            database = parts.count > 1 && parts[1].hasPrefix("db=") ? Int(parts[1].dropFirst(3)) ?? 0 : 0
        case "redis":
            let at = rest.lastIndex(of: "@")
            (username, password) = Self.credentials(at.map { rest[..<$0] } ?? "")
            let location = at.map { rest[rest.index(after: $0)...] } ?? rest
            let pieces = location.split(separator: "/", maxSplits: 1)
            (address, database) = (
                Self.host(pieces.first ?? "localhost"), pieces.count > 1 ? Int(pieces[1].prefix { $0 != "?" }) ?? 0 : 0
            )
        case "redis+sentinel":
            let at = rest.lastIndex(of: "@")
            (username, password) = Self.credentials(at.map { rest[..<$0] } ?? "")
            let parts = (at.map { rest[rest.index(after: $0)...] } ?? rest).split(separator: "?", maxSplits: 1)
            let pieces = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
            let hosts = (pieces.first ?? "").split(separator: ",").map { Self.host($0, port: 26_379) }
            guard !hosts.isEmpty, (2...3).contains(pieces.count), !pieces[1].isEmpty,
                let database = pieces.count > 2 ? Int(pieces[2]) : 0
            else {
                throw InvalidURL(
                    description: "a Sentinel's URL is redis+sentinel://host:port,host:port/master[/database]")
            }
            let option = "sentinel_password="
            let password =
                parts.count > 1 && parts[1].hasPrefix(option) ? String(parts[1].dropFirst(option.count)) : nil
            address = .sentinel(Sentinels(addresses: hosts, master: String(pieces[1]), password: password))
            self.database = database
        default: throw InvalidURL(description: "'\(scheme)' is not redis, redis+sentinel or unix")
        }
    }

    /// `user:password`, `:password` or `password`.
    private static func credentials(_ text: Substring) -> (username: String?, password: String?) {
        guard !text.isEmpty else { return (nil, nil) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.count > 1 && !parts[0].isEmpty ? String(parts[0]) : nil, parts.last.map { String($0) })
    }

    /// The same Redis, found at an address.
    func master(at address: Address) -> RedisConfiguration {
        var copy = self
        copy.address = address
        copy.wantsMaster = true
        return copy
    }

    /// One of the Sentinels.
    func sentinel(_ sentinels: Sentinels, at address: Address) -> RedisConfiguration {
        var copy = self
        copy.address = address
        (copy.username, copy.password, copy.database) = (nil, sentinels.password, 0)
        return copy
    }

    private static func host(_ text: Substring, port standard: Int = 6379) -> Address {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let port = text[end...].dropFirst(2)
            return .tcp(host: String(text[text.index(after: text.startIndex)..<end]), port: Int(port) ?? standard)
        }
        let parts = text.split(separator: ":", maxSplits: 1)
        return .tcp(
            host: parts.first.map(String.init) ?? "localhost",
            port: parts.count > 1 ? Int(parts[1]) ?? standard : standard)
    }

    private static func range(of mark: String, in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(mark) { return index..<text.index(index, offsetBy: mark.count) }
            index = text.index(after: index)
        }
        return nil
    }
}
