import Postgres

/// The import of a CSV file (behaviour.md §6).
///
/// Every row is read, looked up and checked before the first one is written, so a bad row costs nothing and leaves nothing;
/// the good ones are written in one transaction with few statements.
enum EntryImport {
    /// Most rows of a file.
    static let rowLimit = 10_000
    /// Rows written in one statement.
    private static let chunk = 1000

    /// A file as it was read.
    struct File {
        var rows: [ImportRow] = []
        var votes = ImportDateOrder.Votes()
        var report = ImportReport()
    }

    /// - Parameter bytes: UTF-8.
    /// - Throws: ``APIError`` 400 for a file that can't be imported at all.
    static func read(_ bytes: [UInt8]) throws -> File {
        var reader = CSVReader(bytes)
        guard let header = reader.next() else { throw ImportReport.refusal("There is no header row") }
        guard !reader.isUnclosed else { throw ImportReport.refusal("A quote in the header row is never closed") }
        let columns = ImportColumns(header: header)
        guard columns.areUsable else {
            throw ImportReport.refusal("The header has neither a project column nor start_time")
        }
        var file = File()
        file.report.warnings = columns.unknown.map { "Column '\($0.unchecked)' is ignored" }
        var number = 1
        while let fields = reader.next() {
            number += 1
            guard fields.contains(where: { !Tags.trim($0).isEmpty }) else { continue }
            file.report.total += 1
            guard file.report.total <= rowLimit else {
                throw APIError(
                    .contentTooLarge, "payload_too_large", "Too many rows",
                    message: "A file may have at most \(rowLimit) rows")
            }
            do throws(ImportRow.Problem) {
                guard !reader.isUnclosed else { throw "a quote is never closed" }
                file.rows.append(try ImportRow(fields, columns, number: number, votes: &file.votes))
            } catch {
                file.report.add(error, row: number)
            }
        }
        return file
    }

    /// Carries out an import; of a dry run the transaction has to be rolled back afterwards.
    ///
    /// - Throws: ``PostgresError`` of a unique violation when somebody makes the same client or project meanwhile; in
    ///   another transaction it is found.
    static func carryOut(_ file: File, _ context: Context, in tx: PostgresTransaction) async throws -> ImportReport {
        let rows = file.rows
        guard !rows.isEmpty else { return file.report }
        var report = file.report
        var directory = try await ImportDirectory(rows, context, in: tx)
        let users = try await ImportUsers(rows, context, in: tx)
        let times = try await ImportTimes(rows, file.votes.order, context, in: tx)
        var overlaps = try await ImportOverlaps(rows, times, context, in: tx)
        var days = ImportDays()
        var entries: [TimeEntry] = []
        for row in rows {
            do throws(ImportRow.Problem) {
                let user = try users.user(of: row)
                let target = try directory.target(of: row)
                let (first, end) = try span(row, times)
                let start = days.start(of: row.span, userID: user.id, first)
                var entry = try entry(row, user, start, end, times, context)
                try check(entry, target, overlaps, context)
                overlaps.take(entry)
                days.take(row.span, userID: user.id, first)
                let registered = directory.register(target)
                entry.place(in: registered)
                entries.append(entry)
            } catch {
                report.add(error, row: row.number)
            }
        }
        try await write(&entries, directory, context, in: tx)
        report.createdIDs = entries.map(\.id.number)
        report.clients = directory.newClients.count
        report.projects = directory.newProjects.count
        report.tasks = directory.newTasks.count
        return report
    }

    private static func span(_ row: ImportRow, _ times: ImportTimes) throws(ImportRow.Problem) -> (Int64, Int64?) {
        guard let start = times.instant(row.span.start) else {
            throw "start_time has day and month the other way round than most rows"
        }
        guard let endTime = row.span.end else { return (start, nil) }
        guard let end = times.instant(endTime) else {
            throw "end_time has day and month the other way round than most rows"
        }
        return (start, end)
    }

    private static func entry(
        _ row: ImportRow, _ user: ImportUsers.User, _ start: Int64, _ end: Int64?, _ times: ImportTimes,
        _ context: Context
    ) throws(ImportRow.Problem) -> TimeEntry {
        let end = end ?? start + (row.span.durationSeconds ?? 0) * 1_000_000
        guard end > start else { throw "end_time must be after start_time" }
        guard (1...9999).contains(CivilDate(daysSince2000: InstantFormat.split(end).days).year) else {
            throw "end_time is out of range"
        }
        let rounding = user.rounding.effective(settingsMinutes: context.settings.roundingMinutes)
        let seconds =
            row.span.durationSeconds
            ?? EntryDuration.seconds(
                start: Instant(start), end: Instant(end), breakSeconds: 0, rounding: rounding)
        return TimeEntry(
            userID: ID(user.id), start: Instant(start), end: Instant(end), durationSeconds: seconds, notes: row.notes,
            tags: row.tags, source: "import", isBillable: row.isBillable, createdAt: Instant(times.now),
            updatedAt: Instant(times.now), username: user.username)
    }

    /// Administrators import what others have written down; the rules for daily booking don't bind them.
    private static func check(
        _ entry: TimeEntry, _ target: ImportDirectory.Target, _ overlaps: ImportOverlaps, _ context: Context
    ) throws(ImportRow.Problem) {
        guard !context.principal.isAdmin else { return }
        do {
            try EntryRules.checkRequirements(
                hasProject: true, taskID: target.task?.id, notes: entry.notes, context.settings)
        } catch {
            throw ImportRow.Problem(stringLiteral: (error as? APIError)?.message ?? "the row is not complete")
        }
        if overlaps.contains(entry) { throw "another time entry overlaps with this time" }
    }

    // MARK: Writing

    private static func write(
        _ entries: inout [TimeEntry], _ directory: ImportDirectory, _ context: Context, in tx: PostgresTransaction
    ) async throws {
        guard !entries.isEmpty else { return }
        let made = try await ImportedObjects(directory, context, in: tx)
        let ids = try await tx.query(
            Statement(
                "select nextval('time_entries_id_seq') from generate_series(1, $1)", [.int(Int64(entries.count))]))
        for index in entries.indices {
            entries[index].id = ID(ids[index].int(0))
            entries[index].projectID = made.projectID(entries[index].projectID)
            entries[index].taskID = made.taskID(entries[index].taskID)
        }
        for start in stride(from: 0, to: entries.count, by: chunk) {
            let part = entries[start..<min(start + chunk, entries.count)]
            _ = try await tx.query(insert(part))
            try await context.record(part.map { Change(.created, $0, by: context.principal) }, in: tx)
        }
    }

    private static func insert(_ entries: ArraySlice<TimeEntry>) -> Statement {
        Statement(
            """
            insert into time_entries
                (id, user_id, project_id, task_id, start_time, end_time, duration_seconds, notes, tags, source, billable,
                 created_at, updated_at)
            select r.id, r.user_id, r.project_id, nullif(r.task_id, 0),
                   timestamptz '2000-01-01 00:00:00Z' + r.starts * interval '1 microsecond',
                   timestamptz '2000-01-01 00:00:00Z' + r.ends * interval '1 microsecond',
                   r.seconds::int, nullif(r.notes, ''), nullif(r.tags, ''), 'import', r.billable = 1, $2, $2
            from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[],
                        $10::text[], $11::bigint[], $1::bigint[])
                as r (id, project_id, task_id, starts, ends, seconds, notes, tags, billable, user_id)
            """,
            [
                .ids(entries.map(\.userID)), (entries.first?.createdAt ?? .none).parameter, .ids(entries.map(\.id)),
                .ids(entries.map { $0.projectID ?? .none }), .ids(entries.map { $0.taskID ?? .none }),
                .intArray(entries.map(\.start.microseconds)),
                .intArray(entries.map { ($0.end ?? .none).microseconds }),
                .intArray(entries.map { $0.durationSeconds ?? 0 }),
                .textArray(entries.map { $0.notes ?? "" }), .textArray(entries.map { $0.tags ?? "" }),
                .intArray(entries.map { $0.isBillable ? 1 : 0 }),
            ])
    }
}

extension TimeEntry {
    fileprivate mutating func place(in target: ImportDirectory.Target) {
        projectID = ID(target.project.id)
        projectName = target.project.name
        taskID = target.task.map { ID($0.id) }
        taskName = target.task?.name
    }
}
