import Glibc

extension IPAddress: CustomStringConvertible {
    /// The one text form of the address (RFC 5952), without a zone.
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        _ = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes[15] == 1 && bytes[..<15].allSatisfy { $0 == 0 }
    }

    /// One text for all addresses that are one client as a rule: an IPv4 address, or the /64 that an IPv6 network gives
    /// to each of its machines, which may take any address in it (RFC 6177).
    var client: String {
        (bytes.count == 4 ? bytes : Array(bytes[..<8])).map(String.init).joined(separator: ".")
    }

    /// The same for a text; one that is no address stands for itself.
    static func client(of address: String) -> String { IPAddress(address)?.client ?? address }
}

extension IPAllowList {
    /// Whether one item is an address or a CIDR block.
    static func isItem(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return false }
        if parts.count == 1 { return true }
        return parts.count == 2 && Int(parts[1]).map { (0...address.bytes.count * 8).contains($0) } ?? false
    }
}
