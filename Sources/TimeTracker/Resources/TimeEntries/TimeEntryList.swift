import Postgres

/// Lists of time entries, newest first (behaviour.md §5.3).
enum TimeEntryList {
    struct Filter {
        let projectID: Int64?
        let userID: Int64?
        let taskID: Int64?
        let clientID: Int64?
        let start: RangeBound?
        let end: RangeBound?
        let billable: Bool?
        let paid: Bool?
        let tag: String?
        let includesRunning: Bool

        /// Whose entries somebody sees who asks for those of `requested`; nil = everybody's.
        ///
        /// - Throws: ``APIError`` 403 for somebody else's, but for administrators.
        static func owner(_ requested: Int64?, _ principal: Principal) throws -> Int64? {
            if let requested, requested != principal.userID, !principal.isAdmin {
                throw APIError.forbidden("Only administrators may list other users' entries")
            }
            return requested ?? (principal.isAdmin ? nil : principal.userID)
        }
    }

    static func read(_ filter: Filter, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<TimeEntry>, pagination: Pagination)
    {
        let statement = EntryListQuery(filter: filter, zone: context.settings.timezone).statement(page)
        return PageQuery.read(try await context.db.query(statement), page)
    }
}
