import Foundation
import Postgres
import Reactor
import Testing

/// A database of its own for a test, on the server that `TEST_DATABASE_URL` names; its user must be allowed to create one.
enum ScratchDatabase {
    struct Missing: Error, CustomStringConvertible {
        let description = "TEST_DATABASE_URL must be the URL of a PostgreSQL server on which tests may create databases"
    }

    /// Makes an empty database, runs `body` with a client of it, and drops it.
    static func with(
        poolSize: Int = 8, _ body: @Sendable (_ client: PostgresClient) async throws -> Void
    ) async throws {
        guard let server = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"] else { throw Missing() }
        let name = "tt_test_\(UInt64.random(in: 1 ... .max))"
        let reactor = try Reactor(name: "test")
        reactor.start()
        let admin = client(server, poolSize: 1, reactor)
        _ = try await admin.execute(Statement("create database \(name) template template0 encoding 'UTF8'"))
        let client = client(try url(server, database: name), poolSize: poolSize, reactor)
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        _ = try await admin.execute(Statement("drop database \(name) with (force)"))
        await admin.shutdown()
        reactor.stop()
        try result.get()
    }

    private static func client(_ url: String, poolSize: Int, _ reactor: Reactor) -> PostgresClient {
        var configuration = PostgresConfiguration(url: url)
        configuration.applicationName = "test"
        configuration.poolSize = poolSize
        configuration.poolWait = .seconds(60)
        configuration.lockTimeout = .seconds(30)
        let client = PostgresClient(configuration: configuration, reactor: reactor)
        client.start()
        return client
    }

    /// The URL with its path replaced.
    static func url(_ url: String, database: String) throws -> String {
        let match = try #require(url.wholeMatch(of: /([a-z]+:\/\/[^\/?]*)(\/[^?]*)?(\?.*)?/))
        return "\(match.1)/\(database)\(match.3 ?? "")"
    }
}

extension PostgresClient {
    /// The first column of the first row.
    func integer(_ sql: String) async throws -> Int64 {
        try #require(try await execute(Statement(sql)).first).int(0)
    }
}
