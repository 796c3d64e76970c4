import Glibc

/// The listening sockets, opened once and shared by all workers; the supervisor itself never accepts.
struct Listener {
    /// Descriptors are kept from here up, out of the way of the fixed ones that children get.
    static let firstDescriptor: Int32 = 10

    let descriptors: [Int32]
    /// Addresses as bound: port 0 has become a real one.
    let names: [String]
    let socketPaths: [String]

    /// Those of a supervisor that has become this one.
    init(descriptors: [Int32], names: [String], socketPaths: [String]) {
        (self.descriptors, self.names, self.socketPaths) = (descriptors, names, socketPaths)
    }

    /// Adopts systemd's sockets (sd_listen_fds(3)) or binds the addresses.
    /// - Parameter inherits: false = systemd's sockets are not meant.
    init(_ addresses: [SupervisorConfiguration.Address], backlog: Int32, inherits: Bool = true)
        throws(SupervisorError)
    {
        if inherits, let inherited = Self.inherited() {
            descriptors = inherited
            names = inherited.map(Self.name)
            socketPaths = []
            return
        }
        var descriptors: [Int32] = []
        var names: [String] = []
        var paths: [String] = []
        for address in addresses {
            switch address {
            case .tcp(let host, let port):
                let descriptor = try Self.bindTCP(host, port)
                descriptors.append(descriptor)
                names.append("http://\(host.contains(":") ? "[\(host)]" : host):\(Self.boundPort(descriptor))")
            case .unix(let path):
                descriptors.append(try Self.bindUnix(path))
                names.append("unix:\(path)")
                paths.append(path)
            }
        }
        for descriptor in descriptors where listen(descriptor, backlog) != 0 {
            throw SupervisorError("listen: \(String(cString: strerror(errno)))")
        }
        (self.descriptors, self.names, socketPaths) = (descriptors, names, paths)
    }

    func close() {
        for descriptor in descriptors { Glibc.close(descriptor) }
        for path in socketPaths { unlink(path) }
    }

    private static func inherited() -> [Int32]? {
        guard let pid = getenv("LISTEN_PID").flatMap({ Int32(String(cString: $0)) }), pid == getpid(),
            let count = getenv("LISTEN_FDS").flatMap({ Int32(String(cString: $0)) }), count > 0
        else { return nil }
        unsetenv("LISTEN_PID")
        unsetenv("LISTEN_FDS")
        return (3..<3 + min(count, 2)).map { raise($0) }
    }

    /// A close-on-exec copy above the fixed descriptors.
    static func raise(_ descriptor: Int32) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, firstDescriptor)
        Glibc.close(descriptor)
        return copy
    }

    private static func bindTCP(_ host: String, _ port: Int) throws(SupervisorError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let info = list?.pointee else {
            throw SupervisorError("'\(host)' is not an address to listen on")
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
        guard descriptor >= 0 else { throw SupervisorError("socket: \(String(cString: strerror(errno)))") }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw SupervisorError(
                code == EADDRINUSE
                    ? "port \(port) on \(host) is taken by another process; choose another with BIND"
                    : "can't listen on \(host):\(port): \(String(cString: strerror(code)))")
        }
        return raise(descriptor)
    }

    /// What an adopted socket is bound to.
    private static func name(_ descriptor: Int32) -> String {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return "descriptor \(descriptor)" }
                if address.pointee.sa_family == sa_family_t(AF_UNIX) {
                    let path = UnsafeRawBufferPointer(start: pointer, count: Int(length)).dropFirst(2).prefix {
                        $0 != 0
                    }
                    return "unix:\(String(decoding: path, as: UTF8.self))"
                }
                var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
                guard getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
                    return "descriptor \(descriptor)"
                }
                let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return "http://\(text.contains(":") ? "[\(text)]" : text):\(boundPort(descriptor))"
            }
        }
    }

    private static func boundPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port stands at the same place in sockaddr_in and sockaddr_in6.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }

    private static func bindUnix(_ path: String) throws(SupervisorError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard var address = UnixAddress(path) else { throw SupervisorError("the socket path \(path) is too long") }
        if address.withPointer({ connect(descriptor, $0, $1) }) == 0 {
            Glibc.close(descriptor)
            throw SupervisorError("another server listens on \(path)")
        }
        // Nobody answers: what is left of an earlier run is in the way.
        if errno == ECONNREFUSED { unlink(path) }
        guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            throw SupervisorError("can't listen on \(path): \(String(cString: strerror(errno)))")
        }
        chmod(path, 0o660)
        return raise(descriptor)
    }
}

/// sockaddr_un (unix(7)).
struct UnixAddress {
    private var address = sockaddr_un()

    /// Nil when the path is longer than the kernel takes.
    init?(_ path: String) {
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    }

    mutating func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
