import HTTPTypes
import NIOCore
import Postgres

/// Everything that somebody owns, as one JSON file: their account, their entries, and what they have made.
enum OwnDataExport {
    /// Most rows of a kind.
    private static let most = 100_000
    /// Most bytes of all of it.
    private static let mostBytes = 64 * 1024 * 1024

    /// Kinds in the order of the file: SQL of rows that are somebody's ($1).
    private static let kinds: [(key: String, sql: String)] = [
        (
            "time_entries",
            """
            select e.id, e.project_id, p.name as project, e.task_id, t.name as task, e.client_id, e.start_time, e.end_time,
                   e.duration_seconds, e.break_seconds, e.notes, e.tags, e.source, e.billable, e.paid, e.created_at, e.updated_at
            from time_entries e left join projects p on p.id = e.project_id left join tasks t on t.id = e.task_id
            where e.user_id = $1 order by e.start_time, e.id
            """
        ),
        (
            "tasks",
            """
            select id, project_id, name, description, status, priority, estimated_hours, due_date, assigned_to, tags,
                   created_at, updated_at
            from tasks where created_by = $1 or assigned_to = $1 order by id
            """
        ),
        (
            "quotes",
            """
            select q.id, q.quote_number, q.client_id, q.title, q.description, q.status, q.subtotal, q.discount_type,
                   q.discount_amount, q.tax_rate, q.tax_amount, q.total_amount, q.currency_code, q.valid_until, q.notes, q.terms,
                   q.payment_terms, q.created_at, q.updated_at,
                   (select json_agg(i) from (
                        select line_kind, display_name, description, quantity, unit, unit_price, total_amount, sku, line_date
                        from quote_items where quote_id = q.id order by position, id) i) as items
            from quotes q where q.created_by = $1 order by q.id
            """
        ),
    ]

    private static let account = """
        select id, username, full_name, email, role, timezone, date_format, time_format, week_start_day, created_at, last_login
        from users where id = $1
        """

    /// - Throws: ``APIError`` 400 when it is more than a file may hold.
    static func reply(_ call: Call) async throws -> Reply {
        let user = PostgresValue.int(call.principal.userID)
        var body = ByteBuffer(string: "{\"user\":")
        let rows = try await call.db.query(Statement("select row_to_json(x)::text from (\(account)) x", [user]))
        body.writeString(rows.first?.string(0) ?? "null")
        for (key, sql) in kinds {
            body.writeString(",\n\"\(key)\":[")
            // Weighed before it is read: rows may hold texts of 100,000 characters.
            let weight = try await call.db.query(
                Statement(
                    """
                    select coalesce(sum(octet_length(row_to_json(x)::text)), 0)::bigint from (\(sql) limit \(most + 1)) x
                    """, [user]))
            guard body.readableBytes + Int(weight.first?.int(0) ?? 0) <= mostBytes else { throw tooMuch }
            let rows = try await call.db.query(
                Statement("select row_to_json(x)::text from (\(sql) limit \(most + 1)) x", [user]))
            guard rows.count <= most else { throw tooMuch }
            for (index, row) in rows.enumerated() {
                body.writeString(index == 0 ? "\n" : ",\n")
                body.writeString(row.string(0))
                guard body.readableBytes <= mostBytes else { throw tooMuch }
            }
            body.writeString("]")
        }
        body.writeString("}\n")
        var reply = Reply(status: .ok, body: body)
        reply.contentType = "application/json"
        reply.headers = [
            ("content-disposition", "attachment; filename=\"timetracker-export.json\""), ("cache-control", "no-store"),
        ]
        return reply
    }

    private static let tooMuch = APIError.rule(
        "too_much", "There is too much for one file; take the entries as CSV, span by span")
}
