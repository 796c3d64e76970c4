/// The answer that a request repeated with the same key gets, to be kept in the statement or transaction that does the work.
struct Receipt: Sendable {
    /// Under what it is kept.
    struct Key: Sendable {
        let tokenID: Int64
        let operation: String
        /// Of the client's key.
        let hash: String
    }

    let key: Key
    let status: Int
    let body: String
}

/// Thrown by what found a receipt under its key; nothing has been changed then.
struct AlreadyDone: Error {}
