/// Which addresses webhooks may reach: only those of the public Internet (behaviour.md §10.6). Pure.
///
/// Source: the special-purpose address registries of IANA (RFC 6890 and its successors).
enum AddressGuard {
    private static let refusedV4 = blocks([
        "0.0.0.0/8",  // this network, unspecified
        "10.0.0.0/8",  // private
        "100.64.0.0/10",  // carrier-grade NAT
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local, cloud metadata
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // IETF protocol assignments
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // former 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, broadcast
    ])

    /// Of IPv6 only global unicast counts; this leaves out loopback, unspecified, link-local, site-local, unique local and
    /// multicast addresses.
    private static let globalUnicast = blocks(["2000::/3"])
    private static let refusedV6 = blocks([
        "2001::/23",  // IETF protocol assignments, with Teredo
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4, which embeds any IPv4 address
        "3fff::/20",  // documentation
    ])
    /// Addresses by which networks without IPv4 reach it (RFC 6052).
    private static let translated = blocks(["64:ff9b::/96"])

    static func isPublic(_ address: IPAddress) -> Bool {
        if address.bytes.count == 4 { return !contains(refusedV4, address) }
        if contains(translated, address) {
            let embedded = address.bytes[12...].map { String($0) }.joined(separator: ".")
            return IPAddress(embedded).map(isPublic) ?? false
        }
        return contains(globalUnicast, address) && !contains(refusedV6, address)
    }

    private static func contains(_ blocks: [(address: IPAddress, length: Int)], _ address: IPAddress) -> Bool {
        blocks.contains { address.hasPrefix(of: $0.address, length: $0.length) }
    }

    private static func blocks(_ texts: [String]) -> [(address: IPAddress, length: Int)] {
        texts.compactMap { text in
            let parts = text.split(separator: "/")
            guard let address = IPAddress(parts[0]), let length = Int(parts[1]) else { return nil }
            return (address, length)
        }
    }
}
