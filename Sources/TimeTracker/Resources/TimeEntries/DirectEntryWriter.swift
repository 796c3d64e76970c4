import HTTPTypes
import NIOCore
import Postgres

/// Writes a completed entry whose place is known from an ``EntryLookupCache``: one statement checks that project, task and
/// user are still as they were read and that no webhook listens, draws the id, and writes the entry, its activity row and,
/// if the client sent a key, its idempotency record.
struct DirectEntryWriter {
    let entry: TimeEntry
    let versions: EntryLookup.Versions
    let call: Call

    /// - Returns: nil when something is not as it was read; nothing has been written then.
    /// - Throws: ``Idempotency/AlreadyDone`` when the key was taken; nothing has been written then.
    func insert() async throws -> Reply? {
        let draft = SplitReply(entry)
        guard let row = try await call.db.execute(statement(draft)).first else { throw APIError.internalError }
        guard row.bool(1) else { return nil }
        guard !row.isNull(0) else { throw Idempotency.AlreadyDone() }
        call.app.figures.forget(userID: entry.userID)
        return draft.reply(id: row.int(0))
    }

    private func statement(_ draft: SplitReply) -> Statement {
        var values: [PostgresValue] = [
            .int(entry.userID), .init(entry.projectID), .init(entry.taskID), .timestamp(entry.start),
            .init(timestamp: entry.end), .init(entry.durationSeconds), .int(entry.breakSeconds), .init(entry.notes),
            .init(entry.tags), .text(entry.source), .bool(entry.isBillable), .bool(entry.isPaid),
            .init(entry.invoiceNumber), .timestamp(entry.createdAt), .text(versions.project), .init(versions.task),
            .text(versions.user), .int(call.principal.userID), .text(entry.entityName),
            .text(Change.sentence(.created, entry)),
            .init(call.exchange.clientAddress), .init(call.exchange.userAgent),
        ]
        guard let key = call.idempotency else { return Statement(Self.plain, values) }
        values += [
            .int(key.tokenID), .text(key.operation), .text(key.hash), .text(draft.head), .text(draft.tail),
        ]
        return Statement(Self.keyed, values)
    }

    private static let plain = "with \(known), \(insert(from: "known")) \(result)"
    private static let keyed = "with \(known), \(key), \(insert(from: "known, key")) \(result)"

    private static let known = """
        known as (
            select nextval('time_entries_id_seq') as id
            from projects p, users u
            where p.id = $2 and p.xmin = $15::xid and u.id = $1 and u.xmin = $17::xid
              and ($3::bigint is null or exists (select from tasks t where t.id = $3 and t.xmin = $16::text::xid))
              and not exists (select from webhooks w where w.is_active))
        """

    /// A key older than 24 hours counts as absent and is taken over.
    private static let key = """
        key as (
            insert into api_idempotency_keys as old (api_token_id, scope, key_hash, response_status, response_body)
            select $23, $24, $25, 201, $26 || known.id || $27 from known
            on conflict (api_token_id, scope, key_hash) do update
                set response_status = excluded.response_status, response_body = excluded.response_body, created_at = now()
                where old.created_at <= now() - interval '24 hours'
            returning 1)
        """

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

/// The reply to a booking without the id, which the database draws: the text before it and the text behind it.
private struct SplitReply {
    let head: String
    let tail: String
    private let tagFrom: Int

    /// - Parameter entry: its id is 0.
    init(_ entry: TimeEntry) {
        let body = Array(TimeEntryCreation.reply(entry).body.readableBytesView)
        let mark = Array("\"time_entry\":{\"id\":".utf8)
        // The first that looks like it is it: before it there are only words of ours.
        let start = body.indices.first { body[$0...].starts(with: mark) } ?? body.startIndex
        tagFrom = start
        head = String(decoding: body[..<(start + mark.count)], as: UTF8.self)
        tail = String(decoding: body[(start + mark.count + 1)...], as: UTF8.self)
    }

    func reply(id: Int64) -> Reply {
        let body = ByteBuffer(string: "\(head)\(id)\(tail)")
        return Reply(status: .created, body: body).tagged(ETag.ofObject(in: body, from: tagFrom))
    }
}
