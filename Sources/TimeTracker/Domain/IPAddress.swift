import Glibc

/// An IPv4 or IPv6 address as bytes; IPv4-mapped IPv6 counts as IPv4 (RFC 4291 §2.5.5.2).
struct IPAddress: Sendable, Hashable {
    /// 4 or 16 bytes in network order.
    let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
        let text = String(text)
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: &v4) { Array($0) }
            return
        }
        var v6 = in6_addr()
        // A zone index (`fe80::1%eth0`) is no part of the address.
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &v6) == 1 else { return nil }
        bytes = Self.unmapped(withUnsafeBytes(of: &v6) { Array($0) })
    }

    /// - Parameter bytes: 4 or 16 in network order; nil for another number of them.
    init?(bytes all: some Collection<UInt8>) {
        guard all.count == 4 || all.count == 16 else { return nil }
        bytes = Self.unmapped(Array(all))
    }

    private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }

    /// Whether the first `length` bits are those of `other`.
    func hasPrefix(of other: IPAddress, length: Int) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        let whole = length / 8
        guard bytes[..<whole] == other.bytes[..<whole] else { return false }
        let rest = length % 8
        return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}

/// The addresses from which a token may be used: a comma list of addresses and CIDR blocks (behaviour.md §2.2).
struct IPAllowList: Sendable {
    private let blocks: [(address: IPAddress, length: Int)]

    /// Invalid items are skipped; a list with no valid item allows nobody.
    init(_ text: String) {
        blocks = text.split(separator: ",").compactMap { Self.block(Tags.trim(String($0))) }
    }

    func contains(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return contains(address)
    }

    func contains(_ address: IPAddress) -> Bool {
        blocks.contains { address.hasPrefix(of: $0.address, length: $0.length) }
    }

    private static func block(_ text: String) -> (IPAddress, Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        let bits = address.bytes.count * 8
        guard parts.count > 1 else { return (address, bits) }
        guard parts.count == 2, let length = Int(parts[1]), (0...bits).contains(length) else { return nil }
        return (address, length)
    }
}
