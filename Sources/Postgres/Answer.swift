/// How one call over a connection ended.
enum Answer: Sendable {
    /// Of each statement in turn.
    case rows(Rows, more: [Rows])
    case failure(PostgresError, Retry)

    var failure: PostgresError? { if case .failure(let error, _) = self { error } else { nil } }
}

/// Whether a failed call may be made again without changing what it does.
enum Retry: Sendable, Equatable {
    case never
    /// It may have reached the server, which gave no result.
    case reads
    /// It never left.
    case always
}
