import CKernel
import Glibc

/// Values that children need and that must not stand in an environment, where `ps`, core files and whatever they start
/// would have them too: sealed memory that a child inherits as a descriptor, reads once and closes.
public struct Secrets: Sendable {
    /// The descriptor in a child.
    public static let childDescriptor: Int32 = 7
    /// Variable that tells a child the descriptor's number.
    public static let variable = "TT_SECRETS"

    /// Ours, close-on-exec.
    let descriptor: Int32

    /// - Parameter values: variables and their values, without NUL.
    public init(_ values: [String: String]) throws(SupervisorError) {
        var bytes: [UInt8] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { bytes += Array("\(name)=\(value)".utf8) + [0] }
        let memory = kernel_sealed_memfd("timetracker-secrets", bytes, UInt64(bytes.count))
        guard memory >= 0 else { throw SupervisorError("memfd_create: \(String(cString: strerror(errno)))") }
        descriptor = fcntl(memory, F_DUPFD_CLOEXEC, Listener.firstDescriptor)
        close(memory)
        guard descriptor >= 0 else { throw SupervisorError("fcntl: \(String(cString: strerror(errno)))") }
    }

    /// Forgets them; children that have been started keep theirs.
    public func discard() { close(descriptor) }

    /// Reads what a parent has handed over, and closes it.
    /// - Returns: nothing when `descriptor` is not open.
    public static func take(_ descriptor: Int32) -> [String: String] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // The offset is shared with the parent and its other children, so each read names its own.
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        close(descriptor)
        var values: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            values[String(decoding: entry[..<equals], as: UTF8.self)] = String(
                decoding: entry[(equals + 1)...], as: UTF8.self)
        }
        return values
    }
}
