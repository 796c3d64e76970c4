import Postgres

/// An object of a plain resource: a row of one table, which people make, change and take out of use. What it declares is all
/// that ``ObjectStore`` needs.
protocol StoredObject: RowModel, ChangeSubject where Identifier == ID<Self> {
    var id: ID<Self> { get set }
    /// What ``RowProjection/selected`` needs besides the table.
    static var joins: String { get }
    /// How an object is taken out of use.
    static var removal: Removal<Self> { get }
    /// Of its table, which a request can break.
    static var constraints: [Constraint] { get }
    /// Whether saving an object can change what is computed of it.
    static var isReadAfterSaving: Bool { get }
    /// SQL condition over the table and ``joins``: whether the actor may see an object (behaviour.md §2.6).
    static func isVisible(to context: Context, in sql: inout SQL) -> String
    /// Called before it is written: rules that look at other columns, and at other objects.
    ///
    /// - Parameter old: as it is stored, locked; nil for a new one.
    /// - Throws: ``APIError``.
    mutating func prepare(since old: Self?, _ context: Context, in tx: PostgresTransaction) async throws
}

enum Removal<Model>: Sendable {
    /// Refused with 409 and these words while something refers to it.
    case delete(whileReferred: String? = nil)
    /// It stays, with all that refers to it; the flag says that it is not in use.
    case deactivate(@Sendable (inout Model) -> Void)
}

extension StoredObject {
    static var joins: String { "" }
    static var removal: Removal<Self> { .delete() }
    static var constraints: [Constraint] { [] }
    static var isReadAfterSaving: Bool { false }
    static func isVisible(to context: Context, in sql: inout SQL) -> String { "true" }
    mutating func prepare(since old: Self?, _ context: Context, in tx: PostgresTransaction) async throws {}
}

/// What can be done with the objects of a plain resource. Nothing here knows HTTP.
enum ObjectStore<Model: StoredObject> {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for an object that the actor may not see.
    static func find(_ id: ID<Model>, _ context: Context) async throws -> Model {
        try seen(try await context.db.query(select(id, context)), id)
    }

    /// Locks the object to the end of the transaction. What refers to it can be made meanwhile, unless it is to be deleted.
    ///
    /// - Parameter strength: PostgreSQL's (manual, 13.3.2).
    /// - Throws: see ``find(_:_:)``.
    static func lock(
        _ id: ID<Model>, _ context: Context, as strength: String = "no key update", in tx: PostgresTransaction
    ) async throws -> Model {
        try seen(try await tx.query(select(id, context, lock: " for \(strength) of \(Model.alias)")), id)
    }

    /// Those that the actor may see.
    ///
    /// - Parameters:
    ///   - order: sort keys over the table; the id is added as the last.
    ///   - conditions: SQL conditions over the table.
    static func list(
        _ page: PageRequest, _ context: Context, order: String, where conditions: (inout SQL) -> [String] = { _ in [] }
    ) async throws -> (models: ModelRows<Model>, pagination: Pagination) {
        var sql = SQL()
        let all = [Model.isVisible(to: context, in: &sql)] + conditions(&sql)
        let source = "from \(Model.table) \(Model.alias) where \(all.joined(separator: " and "))"
        let query = PageQuery(
            total: "(select count(*) \(source))", page: "select \(Model.alias).* \(source)",
            order: "\(order), \(Model.alias).id")
        return PageQuery.read(
            try await context.db.query(
                query.statement(sql, page, columns: Model.selected, alias: Model.alias, joins: Model.joins)), page)
    }

    /// - Throws: what ``StoredObject/prepare(since:_:in:)`` throws.
    static func create(_ edit: Edit<Model>, _ context: Context, in tx: PostgresTransaction) async throws -> Model {
        var model = Model()
        edit.apply(to: &model)
        try await model.prepare(since: nil, context, in: tx)
        return try await save(model, .created, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored object, locked, is not the one that the caller knows.
    /// - Throws: see ``find(_:_:)``; what ``StoredObject/prepare(since:_:in:)`` throws.
    static func update(
        _ id: ID<Model>, _ edit: Edit<Model>, _ context: Context, if isExpected: Expectation<Model>,
        in tx: PostgresTransaction
    ) async throws -> Model {
        let old = try await lock(id, context, in: tx)
        try isExpected(old)
        var model = old
        edit.apply(to: &model)
        try await model.prepare(since: old, context, in: tx)
        return try await save(model, .updated, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored object, locked, is not the one that the caller knows.
    /// - Throws: see ``find(_:_:)``.
    static func remove(
        _ id: ID<Model>, _ context: Context, if isExpected: Expectation<Model>, in tx: PostgresTransaction
    ) async throws {
        var model = try await lock(id, context, as: "update", in: tx)
        try isExpected(model)
        switch Model.removal {
        case .delete(let refusal):
            do throws(PostgresError) {
                _ = try await tx.query(Statement("delete from \(Model.table) where id = $1", [.int(id.number)]))
            } catch {
                guard let refusal, error.code == .foreignKeyViolation else { throw error }
                throw APIError.conflict(refusal)
            }
            try await context.record([.deleted], model, in: tx)
        case .deactivate(let deactivate):
            deactivate(&model)
            _ = try await save(model, .deleted, context, in: tx)
        }
    }

    /// Writes an object, new (its id is 0) or changed, and records what was done; returns it as stored.
    static func save(
        _ model: Model, _ action: ChangeAction, _ context: Context, in tx: PostgresTransaction
    ) async throws -> Model {
        guard let row = try await tx.query(model.writing(by: context)).first else {
            throw APIError.notFound(Model.noun, model.id.number)
        }
        var saved = model
        try saved.reread(row)
        if Model.isReadAfterSaving { saved = try seen(try await tx.query(select(saved.id, context)), saved.id) }
        try await context.record([action], saved, in: tx)
        return saved
    }

    private static func select(_ id: ID<Model>, _ context: Context, lock: String = "") -> Statement {
        var sql = SQL()
        let isVisible = Model.isVisible(to: context, in: &sql)
        sql.add("select \(isVisible), \(Model.selected) from \(Model.table) \(Model.alias) \(Model.joins) where ")
        sql.add("\(Model.alias).id = ", .int(id.number), lock)
        return sql.statement
    }

    private static func seen(_ rows: Rows, _ id: ID<Model>) throws -> Model {
        guard let row = rows.first else { throw APIError.notFound(Model.noun, id.number) }
        let model = try Model(row, from: 1)
        guard try row.scalar(0) else {
            throw APIError.forbidden("You do not have access to this \(Model.entityType.words)")
        }
        return model
    }
}

extension RowModel {
    /// See ``RowModel/writing(with:)``; a new row says who made it.
    func writing(by context: Context) -> Statement {
        writing { sql, isNew in isNew ? [("created_by", sql.bind(.int(context.principal.userID)))] : [] }
    }
}

extension ChangeSubject {
    /// What it is, at the beginning of a sentence.
    static var noun: String { entityType.words.prefix(1).uppercased() + entityType.words.dropFirst() }
    /// `a warehouse`
    static var one: String { ("aeiou".contains(entityType.words.prefix(1)) ? "an " : "a ") + entityType.words }
}

/// What somebody wants to set on an object, field by field.
struct Edit<Model>: Sendable {
    private let steps: [@Sendable (inout Model) -> Void]

    init(_ steps: [@Sendable (inout Model) -> Void]) {
        self.steps = steps
    }

    func apply(to model: inout Model) {
        for step in steps { step(&model) }
    }
}
