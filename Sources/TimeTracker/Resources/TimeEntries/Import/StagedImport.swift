import Postgres

/// A file that its user looks at before it is imported, with what a dry run found (behaviour.md §12.14). Kept for a day.
struct StagedImport: Sendable {
    /// Files of one user that are kept.
    private static let most: Int64 = 3

    var id: Int64 = 0
    var total: Int64 = 0
    /// Entries that the import would make, or has made.
    var created: Int64 = 0
    var clients: Int64 = 0
    var projects: Int64 = 0
    var tasks: Int64 = 0
    var warnings: [String] = []
    private var badRows: [Int64] = []
    private var badTexts: [String] = []
    var isImported = false

    /// In the order of the rows; the header is row 1.
    var problems: [(row: Int64, text: String)] { zip(badRows, badTexts).map { ($0, $1) } }

    /// - Throws: ``APIError`` 404 for an unknown one, one that is kept no more, and other people's.
    static func find(_ id: Int64, _ context: Context) async throws -> StagedImport {
        let rows = try await context.db.query(
            Statement(
                "select \(selected) from import_files where id = $1 and user_id = $2",
                [.int(id), .int(context.principal.userID)]))
        guard let row = rows.first else { throw APIError.notFound("Import", id) }
        return try StagedImport(row)
    }

    /// The file's text in UTF-8.
    ///
    /// - Parameter length: bytes from its beginning; nil = all.
    /// - Throws: ``APIError`` 404.
    static func content(_ id: Int64, first length: Int64? = nil, _ context: Context) async throws -> [UInt8] {
        let content = length.map { "substring(content from 1 for \($0))" } ?? "content"
        let rows = try await context.db.query(
            Statement(
                "select \(content) from import_files where id = $1 and user_id = $2",
                [.int(id), .int(context.principal.userID)]))
        guard let row = rows.first else { throw APIError.notFound("Import", id) }
        return row.byteArray(0)
    }

    /// Keeps a file with the report of its dry run; older ones of the user give way.
    ///
    /// - Returns: its id.
    static func keep(_ content: [UInt8], _ report: ImportReport, _ context: Context, in tx: PostgresTransaction)
        async throws -> Int64
    {
        let user = PostgresValue.int(context.principal.userID)
        let statement = Statement(
            """
            insert into import_files (user_id, content, rows_total, created, new_clients, new_projects, new_tasks, warnings,
                                      bad_rows, bad_texts)
            values ($1, $2, $3::int, $4::int, $5::int, $6::int, $7::int, $8, $9, $10) returning id
            """, [user, .bytes(content)] + values(report))
        guard let id = try await tx.query(statement).first?.int(0) else { throw APIError.internalError }
        _ = try await tx.query(
            Statement(
                """
                delete from import_files where user_id = $1 and id not in (
                    select id from import_files where user_id = $1 order by id desc limit $2)
                """, [user, .int(most)]))
        return id
    }

    private static func values(_ report: ImportReport) -> [PostgresValue] {
        let problems = report.problems.sorted { $0.row < $1.row }
        return [
            .int(Int64(report.total)), .int(Int64(report.createdIDs.count)), .int(Int64(report.clients)),
            .int(Int64(report.projects)), .int(Int64(report.tasks)), .textArray(report.warnings),
            .intArray(problems.map { Int64($0.row) }), .textArray(problems.map(\.text)),
        ]
    }

    /// Imports a file that is kept, once.
    ///
    /// - Throws: ``APIError`` 404; 400 when no row can be imported. ``PostgresError`` of a unique violation when somebody
    ///   makes the same client or project meanwhile; in another transaction it is found.
    static func carryOut(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws {
        let rows = try await tx.query(
            Statement(
                "select imported_at is not null, content from import_files where id = $1 and user_id = $2 for update",
                [.int(id), .int(context.principal.userID)]))
        guard let row = rows.first else { throw APIError.notFound("Import", id) }
        guard !row.bool(0) else { return }
        let report = try await EntryImport.carryOut(try EntryImport.read(row.byteArray(1)), context, in: tx)
        guard report.isSuccess else { throw APIError.rule("nothing_to_import", "No row could be imported") }
        _ = try await tx.query(
            Statement(
                """
                update import_files set imported_at = now(), rows_total = $2::int, created = $3::int, new_clients = $4::int,
                    new_projects = $5::int, new_tasks = $6::int, warnings = $7, bad_rows = $8, bad_texts = $9
                where id = $1
                """, [.int(id)] + values(report)))
    }
}

extension StagedImport: RowProjection {
    static let table = "import_files"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ file: inout StagedImport) {
        row.column("id", &file.id)
        row.column("rows_total", &file.total)
        row.column("created", &file.created)
        row.column("new_clients", &file.clients)
        row.column("new_projects", &file.projects)
        row.column("new_tasks", &file.tasks)
        row.column("warnings", &file.warnings)
        row.column("bad_rows", &file.badRows)
        row.column("bad_texts", &file.badTexts)
        row.computed("imported_at is not null", &file.isImported)
    }
}
