import Glibc

/// sd_notify(3): tells systemd how the service is; does nothing elsewhere.
enum Notify {
    static func send(_ state: String) {
        guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !name.isEmpty else { return }
        // A leading @ means the abstract namespace, which is a NUL byte on the wire.
        guard var address = UnixAddress(name.hasPrefix("@") ? "\0" + name.dropFirst() : name) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        _ = address.withPointer { pointer, length in
            // The abstract name ends where its text does, not at the structure's end.
            let used = name.hasPrefix("@") ? socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count) : length
            return Int32(sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, used))
        }
    }

    /// Seconds within which systemd wants to hear from us; nil = it doesn't.
    static var watchdogInterval: Double? {
        getenv("WATCHDOG_USEC").flatMap { Double(String(cString: $0)) }.map { $0 / 1_000_000 }
    }
}
