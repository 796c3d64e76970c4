extension HTTPConnection {
    /// What would be lost if the connection were closed now; the least first.
    enum Worth: Int, Comparable {
        /// Nothing: no request is on its way, or only a part of its head; or a stream, which comes back.
        case idle
        /// A client that takes its time to send a body or to read a response.
        case slow
        /// A request that is being worked on.
        case busy

        static func < (a: Worth, b: Worth) -> Bool { a.rawValue < b.rawValue }
    }

    var worth: Worth {
        switch phase {
        case .idle, .lingering, .closed, .streaming: .idle
        case .writing, .discarding: .slow
        case .responding: isWaitingForBody ? .slow : .busy
        }
    }
}
