import Glibc

/// Asks a supervisor at its admin address.
public enum AdminClient {
    /// Seconds that an answer may take.
    private static let patience = 5

    /// - Returns: the body, whatever the status.
    /// - Throws: ``SupervisorError`` when nobody answers.
    public static func get(_ path: String, at address: SupervisorConfiguration.Address) throws(SupervisorError)
        -> [UInt8]
    {
        let descriptor = try connect(address)
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw SupervisorError("the connection ended")
        }
        var reply: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw SupervisorError("no answer within \(patience) seconds") }
            guard count > 0 else { break }
            reply += chunk[..<count]
        }
        guard let end = reply.firstRange(of: Array("\r\n\r\n".utf8)) else { throw SupervisorError("no HTTP answer") }
        return Array(reply[end.upperBound...])
    }

    private static func connect(_ address: SupervisorConfiguration.Address) throws(SupervisorError) -> Int32 {
        switch address {
        case .unix(let path):
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard var address = UnixAddress(path) else { throw SupervisorError("the socket path \(path) is too long") }
            return try check(descriptor, address.withPointer { Glibc.connect(descriptor, $0, $1) })
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            let host = host.isEmpty || host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
            guard getaddrinfo(host, String(port), &hints, &list) == 0, let info = list?.pointee else {
                throw SupervisorError("'\(host)' is no address")
            }
            defer { freeaddrinfo(list) }
            let descriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
            return try check(descriptor, Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen))
        }
    }

    private static func check(_ descriptor: Int32, _ result: Int32) throws(SupervisorError) -> Int32 {
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw SupervisorError(reason)
        }
        return descriptor
    }
}
