import Postgres
import Reactor
import TestSupport
import Testing

/// A database of its own for a test.
enum ScratchDatabase {
    /// Runs `body` with a client of a new database.
    static func with(
        _ template: TemplateDatabases.Template = .empty, poolSize: Int = 8,
        _ body: @Sendable (_ client: PostgresClient) async throws -> Void
    ) async throws {
        try await with(try await TemplateDatabases.shared().copy(of: template), poolSize: poolSize, body)
    }

    /// Runs `body` with a client of the database.
    static func with(
        _ database: TemplateDatabases.Copy, poolSize: Int = 8,
        _ body: @Sendable (_ client: PostgresClient) async throws -> Void
    ) async throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        let client = TemplateDatabases.client(database.url, poolSize: poolSize, reactor)
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        reactor.stop()
        try result.get()
    }
}

extension PostgresClient {
    /// The first column of the first row.
    func integer(_ sql: String) async throws -> Int64 {
        try #require(try await execute(Statement(sql)).first).int(0)
    }
}
