import Glibc

/// When a worker that works is replaced all the same. Pure; 0 = never.
public struct Recycling: Sendable, Equatable {
    /// Requests, ±10 % so that workers that started together don't end together.
    public var requests: UInt64 = 0
    /// Resident memory, bytes.
    public var residentBytes: UInt64 = 0
    /// Seconds, ±10 %.
    public var age = 0.0

    public init() {}

    /// - Parameters:
    ///   - requests: answered by the worker.
    ///   - residentBytes: what it holds.
    ///   - age: seconds since its start.
    ///   - spread: 0.9 ..< 1.1, the worker's own.
    /// - Returns: why it is to be replaced; nil when it isn't.
    func reason(requests: UInt64, residentBytes: UInt64, age: Double, spread: Double) -> ReplacementReason? {
        if self.residentBytes > 0, residentBytes >= self.residentBytes { return .memory }
        if self.requests > 0, Double(requests) >= Double(self.requests) * spread { return .requests }
        if self.age > 0, age >= self.age * spread { return .age }
        return nil
    }
}

/// Why a worker that works is replaced.
public enum ReplacementReason: String, Sendable, CaseIterable {
    case reload, requests, memory, age
}

/// Memory of a process.
enum ResidentMemory {
    /// Resident bytes, shared ones among them (proc(5), statm); 0 when the process is gone.
    static func bytes(_ pid: Int32) -> UInt64 {
        let file = open("/proc/\(pid)/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(file, &bytes, bytes.count)
        let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
