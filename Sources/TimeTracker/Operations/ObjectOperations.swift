import Postgres

/// How objects of a plain resource are made and changed.
protocol ObjectOperations {
    associatedtype Model: ChangeSubject
    associatedtype Changes: Sendable

    static func create(_ changes: Changes, _ context: Context, in tx: PostgresTransaction) async throws -> Model

    /// - Parameter isExpected: throws when the stored object, locked, is not the one that the caller knows.
    static func update(
        _ id: Model.Identifier, _ changes: Changes, _ context: Context, if isExpected: Expectation<Model>,
        in tx: PostgresTransaction
    ) async throws -> Model

    /// Takes the object out of use: deletes, archives or deactivates it.
    ///
    /// - Parameter isExpected: throws when the stored object, locked, is not the one that the caller knows.
    static func remove(
        _ id: Model.Identifier, _ context: Context, if isExpected: Expectation<Model>, in tx: PostgresTransaction
    ) async throws
}
