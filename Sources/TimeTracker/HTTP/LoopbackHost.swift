/// Host names that mean this machine wherever they are looked up (RFC 6761 §6.3).
enum LoopbackHost {
    /// - Parameter host: the value of a `Host` field: `localhost`, a name under it, an address of this machine; with or
    ///   without a port.
    static func isOne(_ host: String) -> Bool {
        guard host.utf8.count <= 255 else { return false }
        var name = host.utf8[...]
        if let colon = name.lastIndex(of: UInt8(ascii: ":")),
            name[name.index(after: colon)...].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        {
            name = name[..<colon]
        }
        if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") { name = name.dropFirst().dropLast() }
        if let address = IPAddress(Substring(name)) { return address.isLoopback }
        let letters = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return letters.elementsEqual("localhost".utf8) || letters.suffix(10).elementsEqual(".localhost".utf8)
    }
}
