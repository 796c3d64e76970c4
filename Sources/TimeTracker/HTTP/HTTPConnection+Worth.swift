extension HTTPConnection {
    /// What would be lost if the connection were closed now; the least first.
    enum Worth: Int {
        /// Nothing: no request is on its way, or only a part of its head; or a stream, which comes back.
        case idle
        /// A client that takes its time to send a body or to read a response.
        case slow
        /// A request that is being worked on.
        case busy
    }

    var worth: Worth {
        switch phase {
        case .idle, .lingering, .closed, .streaming: .idle
        case .writing, .discarding: .slow
        case .responding: isWaitingForBody ? .slow : .busy
        }
    }

    /// Worth and time at rest in one number: the least goes first.
    var rank: UInt64 { UInt64(worth.rawValue) << 62 | idleSince & (1 << 62 - 1) }
}
