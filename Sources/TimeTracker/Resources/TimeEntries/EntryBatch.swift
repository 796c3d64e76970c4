import Postgres

/// A change of many entries that its user can take back for a day (behaviour.md §12.12).
enum EntryBatch {
    enum Effect: Sendable {
        /// What the API's bulk change does.
        case bulk(BulkUpdate.Effect)
        /// To another place.
        case move(TimeEntryChanges)
    }

    struct Outcome: Sendable {
        let id: Int64
        /// Entries that were changed.
        let affected: Int
    }

    /// Most entries that are moved at once, each by itself.
    static let mostMoved = 200

    /// - Parameter ids: ascending, each once.
    /// - Throws: ``APIError`` 404 when none of them exists, 403, 400 when all of them run, and what each entry's change throws.
    static func run(_ effect: Effect, on ids: [Int64], _ context: Context, in tx: PostgresTransaction) async throws
        -> Outcome
    {
        guard
            let row = try await tx.query(
                Statement(keep, [.int(context.principal.userID), .intArray(ids)])
            ).first
        else { throw APIError.internalError }
        let batch = row.int(0)
        let affected =
            switch effect {
            case .bulk(let effect): try await BulkUpdate.run(effect, on: ids, context, in: tx)
            case .move(let changes): try await move(row.intArray(1), changes, context, in: tx)
            }
        _ = try await tx.query(
            Statement(
                """
                update entry_batches set after = (
                    select coalesce(jsonb_object_agg(e.id, e.updated_at), '{}') from time_entries e where e.id = any ($2))
                where id = $1
                """, [.int(batch), .intArray(ids)]))
        return Outcome(id: batch, affected: affected)
    }

    /// Locked in the order of ids, so that two changes can't lock each other out.
    private static let keep = """
        insert into entry_batches (user_id, before)
        select $1, coalesce(jsonb_agg(to_jsonb(e) order by e.id), '[]') from (
            select * from time_entries where id = any ($2) and end_time is not null order by id for update) e
        returning id, array(select (x ->> 'id')::bigint from jsonb_array_elements(before) x)
        """

    private static func move(
        _ ids: [Int64], _ changes: TimeEntryChanges, _ context: Context, in tx: PostgresTransaction
    ) async throws -> Int {
        guard !ids.isEmpty else { throw APIError.rule("error", "None of these entries can be moved") }
        guard ids.count <= mostMoved else {
            throw APIError.validation("entry_id", "At most \(mostMoved) entries are moved at once.")
        }
        for id in ids { _ = try await TimeEntryUpdate.update(ID(id), changes, context, if: { _ in }, in: tx) }
        return ids.count
    }

    // MARK: Several changes of their own

    /// Begins a batch of changes that have transactions of their own, such as those of cells of a week.
    ///
    /// - Parameter ids: the entries that will be changed.
    static func begin(_ ids: [Int64], _ context: Context) async throws -> Int64 {
        let rows = try await context.change(
            by: Statement(keep, [.int(context.principal.userID), .intArray(ids.sorted())]))
        guard let id = rows.first?.first?.int(0) else { throw APIError.internalError }
        return id
    }

    /// Ends it: what has not been changed after all is not part of it.
    ///
    /// - Parameter made: entries that have been made.
    /// - Returns: how many entries have been changed, deleted and made; with none there is nothing to take back.
    static func end(_ id: Int64, made: [Int64], _ context: Context) async throws -> Int {
        let rows = try await context.change(
            by: Statement(
                """
                with changed as materialized (
                    select x, e.id, e.updated_at from entry_batches b, jsonb_array_elements(b.before) x
                        left join time_entries e on e.id = (x ->> 'id')::bigint
                    where b.id = $1 and e.updated_at is distinct from (x ->> 'updated_at')::timestamptz
                ), made as materialized (select e.id, e.updated_at from time_entries e where e.id = any ($2))
                update entry_batches set before = (select coalesce(jsonb_agg(x order by x ->> 'id'), '[]') from changed),
                    after = (select coalesce(jsonb_object_agg(a.id, a.updated_at), '{}')
                             from (select id, updated_at from changed where id is not null
                                   union all select id, updated_at from made) a)
                where id = $1 returning (select count(*) from changed) + (select count(*) from made)
                """, [.int(id), .intArray(made)]))
        return Int(rows.first?.first?.int(0) ?? 0)
    }

    // MARK: Back

    /// Takes a change back: entries that nobody has touched since are what they were, and those that were deleted are there
    /// again. Once.
    ///
    /// - Returns: how many entries are as they were, and how many have been changed since and stay.
    /// - Throws: ``APIError`` 404 for a batch that isn't the user's or is a day old; 409 where rules refuse what was.
    static func undo(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> (
        restored: Int, left: Int
    ) {
        let batch: [PostgresValue] = [.int(id), .int(context.principal.userID)]
        let (removed, kept) = try await removeMade(batch, context, in: tx)
        let rows = try await tx.query(Statement(restore, batch))
        guard let back = try rows.first.map({ try Restored($0) }), back.batches > 0 else {
            throw APIError.notFound("Change", id)
        }
        let stored = try await tx.query(
            Statement(
                """
                select \(TimeEntry.selected) from time_entries e \(TimeEntry.joins)
                where e.id = any ($1) order by e.id
                """, [.ids(back.updated + back.made)]))
        let entries = try ModelRows<TimeEntry>(stored).all()
        if context.settings.preventsOverlap {
            try await requireRoom(entries, back.made + back.moved, in: tx)
        }
        let isMade = Set(back.made)
        try await context.record(
            entries.map { Change(isMade.contains($0.id) ? .created : .updated, $0, by: context.principal) },
            in: tx)
        return (entries.count + removed, back.kept - entries.count + kept)
    }

    /// Takes away what the batch has made, but for what has been changed since.
    private static func removeMade(_ batch: [PostgresValue], _ context: Context, in tx: PostgresTransaction)
        async throws
        -> (removed: Int, kept: Int)
    {
        let rows = try await tx.query(
            Statement(
                """
                select a.key::bigint, e.id is not null
                from entry_batches b cross join jsonb_each_text(b.after) a
                    left join time_entries e on e.id = a.key::bigint and e.updated_at = a.value::timestamptz
                where b.id = $1 and b.user_id = $2 and b.created_at > now() - interval '24 hours'
                    and not exists (select from jsonb_array_elements(b.before) x where x ->> 'id' = a.key)
                order by 1
                """, batch))
        var removed = 0
        for row in rows where row.bool(1) {
            try await TimeEntryStore.delete(ID(row.int(0)), context, if: { _ in }, in: tx)
            removed += 1
        }
        return (removed, rows.count - removed)
    }

    private static func requireRoom(_ entries: [TimeEntry], _ made: [ID<TimeEntry>], in tx: PostgresTransaction)
        async throws
    {
        guard !made.isEmpty else { return }
        for userID in Set(entries.map(\.userID)).sorted() { _ = try await tx.query(EntryWriter.lock(userID: userID)) }
        let overlap = Statement(
            """
            select exists (
                select from time_entries e join time_entries o
                    on o.user_id = e.user_id and o.id <> e.id and o.end_time is not null
                   and o.start_time < e.end_time and o.end_time > e.start_time
                where e.id = any ($1))
            """, [.ids(made)])
        if try await tx.query(overlap).first?.bool(0) == true { throw EntryRules.overlapping }
    }

    private static let columns = """
        id, user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds, break_seconds, notes, tags,
        source, billable, paid, invoice_number, created_at
        """

    private static let restore = """
        with batch as (
            delete from entry_batches where id = $1 and user_id = $2 and created_at > now() - interval '24 hours'
            returning before, after
        ), old as materialized (
            select o.*, (b.after ->> o.id::text)::timestamptz as left_at
            from batch b, jsonb_array_elements(b.before) x, jsonb_populate_record(null::time_entries, x) o
        ), updated as (
            update time_entries e set project_id = o.project_id, client_id = o.client_id, task_id = o.task_id,
                start_time = o.start_time, end_time = o.end_time, duration_seconds = o.duration_seconds,
                break_seconds = o.break_seconds, billable = o.billable, paid = o.paid, tags = o.tags, invoice_number = o.invoice_number,
                updated_at = clock_timestamp()
            from old o join time_entries was on was.id = o.id where e.id = o.id and e.updated_at = o.left_at
            returning e.id, (was.start_time, was.end_time) is distinct from (o.start_time, o.end_time) as is_moved
        ), made as (
            insert into time_entries (\(columns), updated_at)
            select \(columns), clock_timestamp() from old o
            where o.left_at is null and not exists (select from time_entries e where e.id = o.id)
            returning id
        )
        select \(Restored.selected)
        """

    /// What ``restore`` has done.
    private struct Restored: RowProjection {
        /// 0 when there was nothing to take back.
        var batches = 0
        /// Entries that the batch had kept.
        var kept = 0
        var updated: [ID<TimeEntry>] = []
        /// Of the updated ones, those whose times are others now.
        var moved: [ID<TimeEntry>] = []
        var made: [ID<TimeEntry>] = []

        /// Expressions alone, over the statement's queries.
        static let table = "batch"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ restored: inout Restored) {
            row.computed("(select count(*) from batch)", &restored.batches)
            row.computed("(select count(*) from old)", &restored.kept)
            row.computed("array(select id from updated)", &restored.updated)
            row.computed("array(select id from updated where is_moved)", &restored.moved)
            row.computed("array(select id from made)", &restored.made)
        }
    }
}
