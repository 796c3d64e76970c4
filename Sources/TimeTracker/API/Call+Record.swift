import Postgres

extension Call {
    /// Records one or more actions on an object in the transaction that carried them out.
    func record(
        _ actions: [ChangeAction], _ subject: some ChangeSubject, in tx: PostgresTransaction,
        data: ((inout JSONWriter) -> Void)? = nil
    ) async throws {
        try await record(actions.map { Change($0, subject, by: principal, data: data) }, in: tx)
    }

    func record(_ changes: [Change], in tx: PostgresTransaction) async throws {
        guard !changes.isEmpty else { return }
        var sql = SQL("with ")
        sql.add(ChangeRecord.expressions(changes, self, in: &sql))
        sql.add(" select 1")
        _ = try await tx.query(sql.statement)
        for change in changes { staleFigures.note(change) }
    }

    /// The client's `User-Agent`, cut to a size worth keeping.
    var userAgent: String? {
        exchange.headers.first(name: "user-agent").map { $0.prefix(codePoints: 500) }.flatMap {
            try? $0.text(atMost: 500)
        }
    }
}

extension ChangeRecord {
    /// The expressions for changes that a request makes.
    ///
    /// - Parameter condition: SQL condition that tells whether they took place.
    static func expressions(_ changes: [Change], if condition: String = "true", _ call: Call, in sql: inout SQL)
        -> String
    {
        let origin = ChangeOrigin(
            userID: call.principal.userID, address: call.exchange.clientAddress, userAgent: call.userAgent)
        return expressions(changes, if: condition, origin: origin, in: &sql)
    }
}

extension RowWriter {
    func statement(returning: String, _ call: Call) -> Statement {
        statement(returning: returning, creator: call.principal.userID)
    }
}
