import Glibc
import NIOPosix

/// Looks up host names on threads of its own, because getaddrinfo(3) blocks.
final class AddressResolver: Sendable {
    struct Failure: Error {
        let reason: String
    }

    private let pool: NIOThreadPool

    /// - Parameter threads: look-ups at the same time; one for each sender, so that a dead name server that holds up
    ///   some of them doesn't hold up the others.
    init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    func shutdown() async { try? await pool.shutdownGracefully() }

    /// Every address of a name, in the order in which to try them (RFC 6724).
    /// - Throws: ``Failure``, `CancellationError`.
    func addresses(of host: String) async throws -> [String] {
        try await pool.runIfActive { try Self.lookUp(host) }
    }

    private static func lookUp(_ host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw Failure(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let info = entry?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                let address = String(decoding: bytes, as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            entry = info.ai_next
        }
        return addresses
    }
}
