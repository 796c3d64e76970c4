/// How much the far end of a connection is believed.
enum PeerStanding: Sendable {
    /// A local socket, which only what the operator has put there can reach.
    case unixSocket
    /// A reverse proxy of ours.
    case trustedProxy
    case stranger
}

/// Who sent a request, as far as its connection and the proxies in between tell.
struct ClientOrigin: Sendable, Equatable {
    /// Canonical text of the address (RFC 5952).
    var address: String
    /// Whether the far end may be a proxy of ours, whose other header fields count too.
    var isFromProxy = false
    /// Whether the client's own hop was https.
    var isSecure = false
    /// Whether the address is the client's own: nobody who claims to have passed the request on is left unheard.
    var isCertain = true

    /// The request was made on this machine.
    var isLocal: Bool { isCertain && IPAddress(address)?.isLoopback == true }
}

/// The reverse proxies in front of the server, and what their header fields say.
///
/// `X-Forwarded-For` is read from its end, where the nearest proxy has put the address that it saw. An element counts
/// while the one that wrote it is trusted, and at most as many as there are hops.
struct TrustedProxies: Sendable {
    private let networks: IPAllowList
    private let hops: Int

    /// - Parameters:
    ///   - networks: comma list of addresses and CIDR blocks; empty = nobody but Unix sockets.
    ///   - hops: most elements that are believed; 0 = believe no header field.
    init(networks: String, hops: Int) {
        self.networks = IPAllowList(networks)
        self.hops = hops
    }

    /// - Parameter address: of the connection's far end.
    func standing(of address: IPAddress) -> PeerStanding {
        hops > 0 && networks.contains(address) ? .trustedProxy : .stranger
    }

    /// Whether a peer's `X-Forwarded-*` and `X-Request-ID` fields count.
    func believes(_ standing: PeerStanding) -> Bool { hops > 0 && standing != .stranger }

    /// - Parameters:
    ///   - peer: address of the connection's far end.
    ///   - standing: of that peer.
    func origin(peer: String, _ standing: PeerStanding, _ headers: RequestHeaders) -> ClientOrigin {
        var origin = ClientOrigin(address: peer, isCertain: standing != .unixSocket)
        var elements = ReversedElements(headers["x-forwarded-for"])
        var walked = 0
        if believes(standing) {
            origin.isFromProxy = true
            while walked < hops, let element = elements.next() {
                guard let address = Self.address(element) else {
                    origin.isCertain = false
                    break
                }
                origin.address = address.description
                origin.isCertain = true
                walked += 1
                guard networks.contains(address) else { break }
            }
            origin.isSecure = isSecure(headers, hop: max(1, walked))
        }
        if elements.next() != nil || headers.contains(name: "forwarded") { origin.isCertain = false }
        return origin
    }

    /// What the proxy that the client reached said of the scheme; it is as far from the end as its `X-Forwarded-For`.
    private func isSecure(_ headers: RequestHeaders, hop: Int) -> Bool {
        var elements = ReversedElements(headers["x-forwarded-proto"])
        var scheme: Substring.UTF8View?
        for _ in 0..<hop {
            guard let next = elements.next() else { break }
            scheme = next
        }
        guard let scheme else { return false }
        return scheme.count == 5 && scheme.elementsEqual("https".utf8) { $0 | 0x20 == $1 }
    }

    /// An address, alone or with a port: `192.0.2.1:80`, `[2001:db8::1]:80`.
    private static func address(_ element: Substring.UTF8View) -> IPAddress? {
        // The longest text form of an address with brackets, zone and port is shorter.
        guard element.count <= 80 else { return nil }
        var text = element
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")), colon == text.lastIndex(of: UInt8(ascii: ":")) {
            text = text[..<colon]
        }
        return IPAddress(Substring(text))
    }
}

/// The elements of a field that is a comma-separated list, over all its lines, from the last to the first; empty ones
/// don't count (RFC 9110 §5.6.1). Each byte is looked at once.
struct ReversedElements {
    private var lines: ArraySlice<RawText>
    private var rest: Substring.UTF8View = Substring().utf8

    init(_ lines: [RawText]) {
        self.lines = lines[...]
    }

    /// Without blanks around it; nil at the end.
    mutating func next() -> Substring.UTF8View? {
        while true {
            while !rest.isEmpty {
                let comma = rest.lastIndex(of: UInt8(ascii: ","))
                let element = Self.trimmed(comma.map { rest[rest.index(after: $0)...] } ?? rest)
                rest = comma.map { rest[..<$0] } ?? rest[rest.endIndex...]
                if !element.isEmpty { return element }
            }
            guard let line = lines.popLast() else { return nil }
            rest = line.bytes
        }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }
}
