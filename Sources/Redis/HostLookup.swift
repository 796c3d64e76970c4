import Glibc

/// Name resolution away from the reactor, because getaddrinfo(3) blocks.
enum HostLookup {
    private final class Job {
        let host: String
        let done: @Sendable (String?) -> Void

        init(host: String, done: @escaping @Sendable (String?) -> Void) {
            self.host = host
            self.done = done
        }
    }

    /// Calls `done` with a numeric address on any thread; nil when there is none.
    static func resolve(_ host: String, _ done: @escaping @Sendable (String?) -> Void) {
        let job = Unmanaged.passRetained(Job(host: host, done: done))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
                job.done(HostLookup.lookUp(job.host))
                return nil
            }, job.toOpaque())
        guard result == 0 else {
            job.release()
            return done(nil)
        }
        pthread_detach(thread)
    }

    private static func lookUp(_ host: String) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(list) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
