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

    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() } else if host.contains(":") { return nil }
        self = .tcp(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// One or two addresses, at most one of each kind.
    static func parse(list: String) -> [BindAddress]? {
        let items = list.split(separator: ",").map { Tags.trim(String($0)) }
        let addresses = items.compactMap(BindAddress.init)
        let tcp = addresses.filter { if case .tcp = $0 { true } else { false } }.count
        guard !addresses.isEmpty, addresses.count == items.count, tcp <= 1, addresses.count - tcp <= 1 else { return nil }
        return addresses
    }
}
