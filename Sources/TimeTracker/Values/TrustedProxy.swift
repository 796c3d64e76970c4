/// The client's address behind reverse proxies (contract 00 §1).
enum TrustedProxy {
    /// - Parameters:
    ///   - socket: the far end of the connection.
    ///   - xForwardedFor: the header's value, several joined by commas.
    ///   - hops: how many proxies of ours appended to it; 0 = believe only the socket.
    static func clientAddress(socket: String, xForwardedFor: String, hops: Int) -> String {
        guard hops > 0 else { return socket }
        let elements = xForwardedFor.split(separator: ",").map { Tags.trim(String($0)) }
        guard elements.count >= hops else { return elements.first.flatMap(plain) ?? socket }
        return plain(elements[elements.count - hops]) ?? socket
    }

    /// The address without brackets or port; nil when it is none.
    private static func plain(_ text: String) -> String? {
        if IPAddress(text) != nil { return text }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let inner = text[text.index(after: text.startIndex)..<end]
            return IPAddress(inner) == nil ? nil : String(inner)
        }
        let host = text.prefix { $0 != ":" }
        return IPAddress(host) == nil ? nil : String(host)
    }
}
