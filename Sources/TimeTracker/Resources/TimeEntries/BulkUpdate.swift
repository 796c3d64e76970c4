import Postgres

/// One change of many entries, all or nothing; running ones are left alone.
enum BulkUpdate {
    /// Most entries at once.
    static let limit = 1000
    /// Code points.
    static let maxTagLength = 100
    private static let maxTagsLength = 500

    enum Effect: Sendable {
        case delete
        case billable(Bool)
        case paid(Bool)
        case addTag(String)
        case removeTag(String)

        /// The tag that it is about.
        var tag: String? {
            switch self {
            case .addTag(let tag), .removeTag(let tag): tag
            default: nil
            }
        }
    }

    /// - Parameter ids: ascending, each once.
    /// - Returns: how many entries were changed.
    /// - Throws: ``APIError`` 404 when none of them exists, 403, 400 when all of them run.
    static func run(
        _ effect: Effect, on ids: [Int64], _ context: Context, in tx: PostgresTransaction
    ) async throws -> Int {
        let found = try await lock(ids, context, in: tx)
        let entries = found.filter { !$0.isRunning }
        guard !entries.isEmpty else { throw APIError.rule("error", "All of these entries are running timers") }
        try await carryOut(effect, on: entries, context, in: tx)
        return entries.count
    }

    /// In the order of ids, so that two requests can't lock each other out.
    private static func lock(_ ids: [Int64], _ context: Context, in tx: PostgresTransaction) async throws -> [TimeEntry]
    {
        let statement = Statement(
            """
            select \(TimeEntry.selected) from time_entries e \(TimeEntry.joins)
            where e.id = any ($1) order by e.id for update of e
            """, [.intArray(ids)])
        let entries = try await ModelRows<TimeEntry>(tx.query(statement)).all()
        guard !entries.isEmpty else {
            throw APIError(.notFound, "not_found", "None of these time entries exist")
        }
        guard context.principal.isAdmin || entries.allSatisfy({ $0.userID.number == context.principal.userID }) else {
            throw APIError.forbidden("You do not have access to all of these time entries")
        }
        return entries
    }

    private static func carryOut(
        _ effect: Effect, on entries: [TimeEntry], _ context: Context, in tx: PostgresTransaction
    ) async throws {
        let ids = PostgresValue.ids(entries.map(\.id))
        if case .delete = effect {
            _ = try await tx.query(Statement("delete from time_entries where id = any ($1)", [ids]))
            return try await record(.deleted, entries, context, in: tx)
        }
        let keys = try await TagKeys(of: entries, and: effect.tag, in: tx)
        var changed = try entries.map { try applying(effect, to: $0, keys) }
        let statement = Statement(
            """
            update time_entries e set billable = n.billable, paid = n.paid, tags = nullif(n.tags, ''),
                invoice_number = case when n.paid then e.invoice_number end, updated_at = clock_timestamp()
            from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) as v (id, billable, paid, tags),
                 lateral (select v.billable = 1 as billable, v.paid = 1 as paid, v.tags as tags) n
            where e.id = v.id
            returning e.id, e.updated_at
            """,
            [
                ids, .intArray(changed.map { $0.isBillable ? 1 : 0 }), .intArray(changed.map { $0.isPaid ? 1 : 0 }),
                .textArray(changed.map { $0.tags ?? "" }),
            ])
        let stamps = Dictionary(
            uniqueKeysWithValues: try await tx.query(statement).map {
                (ID<TimeEntry>($0.int(0)), Instant($0.timestamp(1)))
            })
        for index in changed.indices {
            changed[index].updatedAt = stamps[changed[index].id] ?? changed[index].updatedAt
        }
        try await record(.updated, changed, context, in: tx)
    }

    private static func applying(_ effect: Effect, to entry: TimeEntry, _ keys: TagKeys) throws -> TimeEntry {
        var entry = entry
        switch effect {
        case .delete: break
        case .billable(let flag): entry.isBillable = flag
        case .paid(let flag):
            entry.isPaid = flag
            if !flag { entry.invoiceNumber = nil }
        case .addTag(let tag): entry.tags = keys.adding(tag, to: entry.tags)
        case .removeTag(let tag): entry.tags = keys.removing(tag, from: entry.tags)
        }
        guard (entry.tags?.unicodeScalars.count ?? 0) <= maxTagsLength else {
            throw APIError.validation(
                "value", "The tags of entry \(entry.id) would exceed \(maxTagsLength) characters.")
        }
        return entry
    }

    private static func record(
        _ action: ChangeAction, _ entries: [TimeEntry], _ context: Context, in tx: PostgresTransaction
    ) async throws {
        try await context.record(entries.map { Change(action, $0, by: context.principal) }, in: tx)
    }
}
