/// The answer that a request repeated with the same key gets, to be kept in the statement or transaction that does the work.
struct Receipt: Sendable {
    /// Under what it is kept.
    struct Key: Sendable {
        /// Whose keys are told apart: those of tokens, and those of people who send forms.
        enum Owner: Sendable {
            case token, user

            var table: String { self == .token ? "api_idempotency_keys" : "form_idempotency_keys" }
            /// Of the table, that holds the owner's id.
            var column: String { self == .token ? "api_token_id" : "user_id" }
        }

        let owner: Owner
        let ownerID: Int64
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
