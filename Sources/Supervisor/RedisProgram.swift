import Glibc

/// The private Redis of embedded mode.
struct RedisProgram {
    private let path: String

    init() throws(SupervisorError) {
        let candidates: [String] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw SupervisorError(
                "embedded Redis is not installed: apt-get install redis-server, or set DATABASE_URL and REDIS_URL")
        }
        self.path = path
    }

    /// The password stands in a file, because command lines are public.
    ///
    /// `appendfsync no`: while an fsync is under way, `everysec` keeps writes in the process for up to two seconds, and a Redis
    /// that is killed would forget as much of each window. This way the kernel has them at once; what a power failure takes,
    /// half a minute at most, is older than a window of a minute when the host is back.
    func process(directory: DataDirectory, account: ServiceAccount, password: String) throws(SupervisorError)
        -> ServiceProcess
    {
        let socket = directory.run + "/redis.sock"
        let file = directory.redis + "/redis.conf"
        try directory.write(
            """
            port 0
            unixsocket "\(socket)"
            unixsocketperm 777
            requirepass \(password)
            dir "\(directory.redis)"
            appendonly yes
            appendfsync no
            save ""
            maxmemory 256mb
            maxmemory-policy noeviction

            """, to: file, owner: account)
        return ServiceProcess(
            name: "Redis", arguments: account.command([path, file], deathSignal: "TERM"),
            environment: ["PATH": "/usr/bin:/bin"], logPath: directory.logs + "/redis.log", stopSignal: SIGTERM,
            stopTimeout: 20,
            isReady: { Self.answers(socket) })
    }

    /// Whether a PING is answered; without the password the answer is a refusal, which is as good.
    private static func answers(_ path: String) -> Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0, var address = UnixAddress(path) else { return false }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else { return false }
        let ping = Array("PING\r\n".utf8)
        guard send(descriptor, ping, ping.count, Int32(MSG_NOSIGNAL)) == ping.count else { return false }
        var reply = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &reply, reply.count, 0)
        let text = String(decoding: reply.prefix(max(0, count)), as: UTF8.self)
        return text.hasPrefix("+PONG") || text.hasPrefix("-NOAUTH")
    }
}
