import FoundationEssentials
import Glibc

/// A webhook's URL, taken apart and checked as far as that goes without asking the network (behaviour.md §10.6).
struct WebhookTarget: Sendable, Equatable {
    enum Refusal: Error, Equatable {
        /// Not an absolute http or https URL with a host.
        case invalid
        case credentials
        case port
        /// An address or name that is obviously not on the public Internet.
        case localHost
    }

    static let maxLength = 500

    /// With what may not stand in a request line as it is percent-encoded.
    let url: String
    /// Name or address literal, without brackets.
    let host: String
    let port: Int

    /// - Parameter reachesPrivateNetworks: whether local hosts are welcome.
    init(_ text: String, reachesPrivateNetworks: Bool) throws(Refusal) {
        guard text.utf8.count <= Self.maxLength, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }),
            let url = URL(string: text), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let name = url.host, !name.isEmpty
        else { throw .invalid }
        guard url.user == nil, url.password == nil else { throw .credentials }
        let host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { throw .invalid }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        guard port == 80 || port == 443 || (1024...65_535).contains(port) else { throw .port }
        if !reachesPrivateNetworks, Self.isLocal(host) { throw .localHost }
        self.url = Self.encoded(text)
        self.host = host
        self.port = port
    }

    /// What stands percent-encoded already stays as it is.
    private static func encoded(_ text: String) -> String {
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            guard "\"<>^`{|}".utf8.contains(byte) else { return [byte] }
            return [UInt8(ascii: "%")] + String(byte, radix: 16, uppercase: true).utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":")].contains(byte)
        }
    }

    private static func isLocal(_ host: String) -> Bool {
        if let address = IPAddress(host) { return !AddressGuard.isPublic(address) }
        // `127.1`, `0x7f000001` and `2130706433` are addresses to the resolver.
        var number = in_addr()
        if inet_aton(host, &number) != 0 {
            let bytes = withUnsafeBytes(of: &number) { Array($0) }
            return IPAddress(bytes.map { String($0) }.joined(separator: ".")).map { !AddressGuard.isPublic($0) } ?? true
        }
        var name = host.lowercased()
        while name.hasSuffix(".") { name.removeLast() }
        guard name.contains(".") else { return true }
        return [".localhost", ".local", ".internal", ".lan", ".home.arpa"].contains { name.hasSuffix($0) }
    }
}

extension WebhookTarget.Refusal {
    /// In words for the owner of the webhook.
    var message: String {
        switch self {
        case .invalid: "Not a valid URL: an absolute http or https URL is needed."
        case .credentials: "The URL must not contain a user name or password."
        case .port: "The URL's port must be 80, 443, or 1024 and higher."
        case .localHost: "The URL must not point to a local or private address."
        }
    }
}
