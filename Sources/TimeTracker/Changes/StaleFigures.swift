/// Figures kept in Redis that a request's changes make wrong. They are forgotten after the commit: before it, another
/// request could still compute and keep the old ones.
struct StaleFigures {
    private var users: Set<Int64> = []
    /// Rates of projects and clients count in everybody's figures.
    private var concernsEverybody = false

    mutating func note(_ change: Change) {
        switch (change.entityType, change.audience) {
        case (TimeEntry.entityType, .owner(let userID)): users.insert(userID)
        case (Project.entityType, _), (Client.entityType, _): concernsEverybody = true
        default: break
        }
    }

    /// Forgets them; waits for nothing.
    mutating func forget(_ app: Application) {
        if concernsEverybody {
            ValueDashboardCache.forgetAll(app: app)
        } else {
            for userID in users { ValueDashboardCache.forget(userID: userID, app: app) }
        }
        self = StaleFigures()
    }
}
