import CKernel

/// What a `Watch` waits for. Hang-up and errors are always reported.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let read = Interest(rawValue: 1)
    public static let write = Interest(rawValue: 2)

    var events: UInt32 {
        (contains(.read) ? UInt32(reactor_event_in | reactor_event_read_hangup) : 0)
            | (contains(.write) ? UInt32(reactor_event_out) : 0)
    }
}

/// What a descriptor is ready for, as epoll(7) reported it.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
    /// The peer closed; data may still be waiting to be read.
    public static let hangup = Readiness(rawValue: 4)
    public static let error = Readiness(rawValue: 8)

    init(events: UInt32) {
        func has(_ bits: Int) -> Bool { events & UInt32(bits) != 0 }
        var readiness: Readiness = []
        if has(reactor_event_in) { readiness.insert(.readable) }
        if has(reactor_event_out) { readiness.insert(.writable) }
        if has(reactor_event_hangup | reactor_event_read_hangup) { readiness.insert(.hangup) }
        if has(reactor_event_error) { readiness.insert(.error) }
        self = readiness
    }
}
