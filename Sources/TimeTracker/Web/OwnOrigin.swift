import HTTPTypes

/// Whether a browser's change comes from one of our own pages, as the browser itself tells. A page of another site, or of
/// a sibling host that could plant cookies here, can't tell otherwise.
///
/// This stands beside the CSRF token, not in its place: older browsers and scripts send neither field.
enum OwnOrigin {
    /// - Throws: ``APIError`` 403 for a change that another site's page asks for.
    static func require(_ exchange: Exchange) throws {
        guard !exchange.isRead, !isOwn(exchange) else { return }
        throw APIError.forbidden("The request comes from a page of another site")
    }

    private static func isOwn(_ exchange: Exchange) -> Bool {
        // Fetch Metadata Request Headers: `none` is what the person has typed or chosen.
        if let site = exchange.headers.first(name: "sec-fetch-site") {
            return site == "same-origin" || site == "none"
        }
        // `null` is what hides its origin. Our own pages don't (``SecurityHeaders``).
        guard let origin = exchange.headers.first(name: "origin") else { return true }
        let hosts = [exchange.headers.first(name: "host"), exchange.forwardedHost].compactMap(\.self)
        return hosts.contains { isSame(origin: origin.bytes, host: $0.bytes) }
    }

    /// Compares host and port. A proxy may have left the port out of the `Host` field; then any port will do.
    static func isSame(origin: Substring.UTF8View, host: Substring.UTF8View) -> Bool {
        guard let slash = origin.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let authority = origin[slash...].drop { $0 == UInt8(ascii: "/") }
        guard !authority.isEmpty, !host.isEmpty else { return false }
        if isEqual(authority, host) { return true }
        return withoutPort(host).count == host.count && isEqual(withoutPort(authority), host)
    }

    /// `[::1]:80` is `[::1]`, `a:80` is `a`.
    private static func withoutPort(_ host: Substring.UTF8View) -> Substring.UTF8View {
        guard let colon = host.lastIndex(of: UInt8(ascii: ":")),
            host[host.index(after: colon)...].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return host }
        return host[..<colon]
    }

    /// ASCII letters in either case.
    private static func isEqual(_ a: Substring.UTF8View, _ b: Substring.UTF8View) -> Bool {
        a.elementsEqual(b) { fold($0) == fold($1) }
    }

    private static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

extension Exchange {
    /// The host that the client asked for, by the word of a trusted proxy.
    fileprivate var forwardedHost: RawText? {
        origin.isFromProxy ? headers.first(name: "x-forwarded-host") : nil
    }
}
