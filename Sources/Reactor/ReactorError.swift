/// The kernel refused what a reactor is made of.
public struct ReactorError: Error, Sendable, CustomStringConvertible {
    /// The call that failed, for example `epoll_create1`.
    public let call: String
    /// errno(3).
    public let errno: Int32

    public var description: String { "\(call) failed, errno \(errno)" }
}
