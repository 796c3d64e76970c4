import Glibc

/// A system call that failed, with its errno.
public struct SystemCallError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the call, e.g. "mmap".
    public let call: String
    /// errno(3).
    public let code: Int32

    public init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}
