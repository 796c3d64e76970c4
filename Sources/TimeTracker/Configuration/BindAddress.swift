/// Where to listen.
public enum BindAddress: Sendable, Equatable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// `host:port` or `:port` (all IPv4 addresses), `[v6]:port`, `unix:/path`.
    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            self.init(path: String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits), port <= 65_535 else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(where: { ":[]/".contains($0) || $0.isWhitespace }) {
            return nil
        }
        self = .tcp(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// 107 bytes and the closing zero are all that an address holds: unix(7).
    private init?(path: String) {
        guard !path.isEmpty, path.utf8.count <= 107 else { return nil }
        self = .unix(path: path)
    }

    /// One or two addresses, at most one of each kind.
    static func parse(list: String) -> [BindAddress]? {
        let items = list.split(separator: ",", omittingEmptySubsequences: false).map { Tags.trim(String($0)) }
        let addresses = items.compactMap { BindAddress($0) }
        let tcp = addresses.count { if case .tcp = $0 { true } else { false } }
        guard !addresses.isEmpty, addresses.count == items.count, tcp <= 1, addresses.count - tcp <= 1 else {
            return nil
        }
        return addresses
    }
}
