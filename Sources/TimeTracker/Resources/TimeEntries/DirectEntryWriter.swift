import Postgres

/// Writes a completed entry whose place is known from an ``EntryLookupCache``: one statement checks that project, task and
/// user are still as they were read and that no webhook listens, draws the id, and writes the entry, its activity row and,
/// if the request has a key, its receipt.
struct DirectEntryWriter {
    let entry: TimeEntry
    let versions: EntryLookup.Versions
    let context: Context
    /// To be kept with it; the id stands between head and tail of its body.
    let receipt: (key: Receipt.Key, head: String, tail: String)?

    /// - Returns: the entry's id; nil when something is not as it was read, and nothing has been written then.
    /// - Throws: ``AlreadyDone`` when the key was taken; nothing has been written then.
    func insert() async throws -> Int64? {
        guard let row = try await context.change(inGroup: statement).first else { throw APIError.internalError }
        guard row.bool(1) else { return nil }
        guard !row.isNull(0) else { throw AlreadyDone() }
        context.forgetFigures(of: entry.userID.number)
        return row.int(0)
    }

    private var statement: Statement {
        let origin = context.origin
        var values: [PostgresValue] = [
            entry.userID.parameter, entry.projectID.parameter, entry.taskID.parameter, entry.start.parameter,
            entry.end.parameter, .init(entry.durationSeconds), .int(entry.breakSeconds), .init(entry.notes),
            .init(entry.tags), .text(entry.source), .bool(entry.isBillable), .bool(entry.isPaid),
            .init(entry.invoiceNumber), entry.createdAt.parameter, .text(versions.project), .init(versions.task),
            .text(versions.user), .int(origin.userID), .text(entry.entityName),
            .text(Change.sentence(.created, entry)),
            .init(origin.address), .init(origin.userAgent),
        ]
        guard let receipt else { return Statement(Self.plain, values) }
        values += [
            .int(receipt.key.ownerID), .text(receipt.key.operation), .text(receipt.key.hash), .text(receipt.head),
            .text(receipt.tail),
        ]
        return Statement(receipt.key.owner == .token ? Self.keyed : Self.formKeyed, values)
    }

    private static let plain = "with \(known), \(insert(from: "known")) \(result)"
    private static let keyed = keyed(.token)
    private static let formKeyed = keyed(.user)

    private static func keyed(_ owner: Receipt.Key.Owner) -> String {
        "with \(known), \(key(owner)), \(insert(from: "known, key")) \(result)"
    }

    private static let known = """
        known as (
            select nextval('time_entries_id_seq') as id
            from projects p, users u
            where p.id = $2 and p.xmin = $15::xid and u.id = $1 and u.xmin = $17::xid
              and ($3::bigint is null or exists (select from tasks t where t.id = $3 and t.xmin = $16::text::xid))
              and not exists (select from webhooks w where w.is_active))
        """

    /// A key older than 24 hours counts as absent and is taken over.
    private static func key(_ owner: Receipt.Key.Owner) -> String {
        """
        key as (
            insert into \(owner.table) as old (\(owner.column), scope, key_hash, response_status, response_body)
            select $23, $24, $25, 201, $26 || known.id || $27 from known
            on conflict (\(owner.column), scope, key_hash) do update
                set response_status = excluded.response_status, response_body = excluded.response_body, created_at = now()
                where old.created_at <= now() - interval '24 hours'
            returning 1)
        """
    }

    private static func insert(from source: String) -> String {
        """
        entry as (
            insert into time_entries
                (id, user_id, project_id, task_id, start_time, end_time, duration_seconds, break_seconds, notes, tags, source,
                 billable, paid, invoice_number, created_at, updated_at)
            select known.id, $1, $2, $3::bigint, $4, $5, $6::int, $7::int, $8::text, $9::text, $10, $11, $12, $13::text,
                   $14, $14
            from \(source)
            returning id),
        activity as (
            insert into activities
                (user_id, action, entity_type, entity_id, entity_name, description, ip_address, user_agent)
            select $18, 'created', 'time_entry', entry.id, left($19, 500), $20, $21::text, $22::text from entry)
        """
    }

    private static let result = "select (select id from entry), exists (select from known)"
}
