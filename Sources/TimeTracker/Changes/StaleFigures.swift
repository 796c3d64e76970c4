/// Figures kept in Redis that changes make wrong. They are forgotten after the commit: before it, another request could
/// still compute and keep the old ones.
struct StaleFigures {
    private var users: Set<Int64> = []
    private var concernsEverybody = false

    mutating func note(_ change: Change) {
        switch change.figures {
        case .nobodys: break
        case .user(let id): users.insert(id)
        case .everybodys: concernsEverybody = true
        }
    }

    /// Forgets them; waits for nothing.
    mutating func forget(in kept: KeptFigures) {
        if concernsEverybody {
            kept.forgetAll()
        } else {
            for userID in users { kept.forget(userID: userID) }
        }
        self = StaleFigures()
    }
}

/// Whose kept figures a change of an object makes wrong.
enum ChangedFigures: Sendable {
    case nobodys
    case user(Int64)
    /// Those of rates count in everybody's.
    case everybodys
}
