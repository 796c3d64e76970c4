import Postgres

/// What an operation acts in: in whose name, by which settings, on which database. Each request, page or command has its own.
///
/// `@unchecked Sendable`: a context belongs to one task at a time.
public final class Context: @unchecked Sendable {
    public let settings: Settings
    let db: PostgresClient
    private let actor: Principal?
    private let source: (any ChangeSource)?
    private let figures: KeptFigures
    private let clock: @Sendable () -> Int64
    /// Figures that changes have made stale; looked at after the commit.
    private var stale = StaleFigures()

    /// - Parameters:
    ///   - actor: nil for what anybody may do, signed in or not; no operation asks for one then.
    ///   - source: who asks over the network; nil when nobody does.
    ///   - clock: tells microseconds since 2000-01-01 UTC.
    init(
        actor: Principal?, settings: Settings, db: PostgresClient, figures: KeptFigures,
        source: (any ChangeSource)? = nil, clock: @escaping @Sendable () -> Int64 = WallClock.now
    ) {
        self.actor = actor
        self.settings = settings
        self.db = db
        self.figures = figures
        self.source = source
        self.clock = clock
    }

    /// Who acts, if anybody has signed in.
    var visitor: Principal? { actor }

    /// Who acts.
    var principal: Principal {
        guard let actor else { preconditionFailure("nobody acts here") }
        return actor
    }

    /// Microseconds since 2000-01-01 UTC.
    var now: Int64 { clock() }

    /// Where changes come from, as activities tell it.
    var origin: ChangeOrigin {
        ChangeOrigin(userID: principal.userID, address: source?.clientAddress, userAgent: source?.userAgent)
    }

    /// After a change of a user's time entries by ``change(by:)``.
    func forgetFigures(of userID: Int64) { figures.forget(userID: userID) }

    /// After a change of a user's entries that no figures depend on.
    func tellBrowsers(of userID: Int64) { figures.news?.changed(userID: userID) }

    // MARK: Changes

    /// Carries out a change in one transaction, by somebody who may write.
    ///
    /// - Throws: ``APIError`` 403 for viewers; what `body` throws, after a rollback.
    func change<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        try principal.requireWriter()
        let value = try await db.transaction(body)
        stale.forget(in: figures)
        return value
    }

    /// Carries out a change that is one statement, or a few in one transaction, by somebody who may write; figures that it
    /// makes stale have to be forgotten afterwards.
    ///
    /// - Returns: what each statement returned.
    /// - Throws: ``APIError`` 403 for viewers; `PostgresError`.
    func change(by statements: Statement...) async throws -> [Rows] {
        try principal.requireWriter()
        guard statements.count == 1 else { return try await db.atomically(statements) }
        return [try await db.execute(statements[0])]
    }

    /// Carries out a change that is one statement, stands alone and is soon done, by somebody who may write; it may share its
    /// transaction with others.
    ///
    /// - Returns: what it returned; figures that it makes stale have to be forgotten afterwards.
    /// - Throws: ``APIError`` 403 for viewers; `PostgresError`.
    func change(inGroup statement: Statement) async throws -> Rows {
        try principal.requireWriter()
        return try await db.executeInGroup(statement)
    }

    /// Records one or more actions on an object in the transaction that carried them out.
    ///
    /// - Parameter data: writes further members of the event's `data`.
    func record(
        _ actions: [ChangeAction], _ subject: some ChangeSubject, in tx: PostgresTransaction,
        data: ((inout JSONWriter) -> Void)? = nil
    ) async throws {
        try await record(actions.map { Change($0, subject, by: principal, data: data) }, in: tx)
    }

    func record(_ changes: [Change], in tx: PostgresTransaction) async throws {
        guard !changes.isEmpty else { return }
        var sql = SQL("with ")
        sql.add(ChangeRecord.expressions(changes, origin: origin, in: &sql))
        sql.add(" select 1")
        _ = try await tx.query(sql.statement)
        for change in changes { stale.note(change) }
    }
}

/// Throws when a stored object, locked, is not the one that the caller knows.
typealias Expectation<Model> = (Model) throws -> Void
