/// Where Redis is and how long to wait for it.
public struct RedisConfiguration: Sendable {
    enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// A URL that names no usable Redis.
    public struct InvalidURL: Error, CustomStringConvertible {
        public let description: String
    }

    let address: Address
    let username: String?
    let password: String?
    let database: Int
    public var commandTimeout: Duration = .milliseconds(250)
    public var connectTimeout: Duration = .seconds(1)
    /// Commands in flight on the connection; more fail at once.
    public var maxInFlight = 10_000

    /// - Parameter url: `redis://[[user]:password@]host[:port][/database]` or `unix://[:password@]/path[?db=n]`.
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
        default: throw InvalidURL(description: "'\(scheme)' is not redis or unix")
        }
    }

    /// `user:password`, `:password` or `password`.
    private static func credentials(_ text: Substring) -> (username: String?, password: String?) {
        guard !text.isEmpty else { return (nil, nil) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.count > 1 && !parts[0].isEmpty ? String(parts[0]) : nil, parts.last.map { String($0) })
    }

    private static func host(_ text: Substring) -> Address {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let port = text[end...].dropFirst(2)
            return .tcp(host: String(text[text.index(after: text.startIndex)..<end]), port: Int(port) ?? 6379)
        }
        let parts = text.split(separator: ":", maxSplits: 1)
        return .tcp(
            host: parts.first.map(String.init) ?? "localhost", port: parts.count > 1 ? Int(parts[1]) ?? 6379 : 6379)
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
