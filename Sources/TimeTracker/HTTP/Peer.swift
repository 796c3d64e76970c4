import CKernel

/// The far end of a connection.
struct Peer: Sendable {
    /// Canonical text of its address (RFC 5952); a Unix socket counts as this machine.
    let address: String
    let standing: PeerStanding
    /// What the connection counts under; nil for those of proxies, which are many clients'.
    let limitedNetwork: String?

    init(_ peer: kernel_peer, _ proxies: TrustedProxies) {
        let address = withUnsafeBytes(of: peer.address) { IPAddress(bytes: $0.prefix(Int(peer.length))) }
        self.address = address?.description ?? "127.0.0.1"
        standing = address.map { proxies.standing(of: $0) } ?? .unixSocket
        limitedNetwork = standing == .stranger ? address?.client : nil
    }
}
