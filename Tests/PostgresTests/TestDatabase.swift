import Glibc
import Postgres
import Reactor
import Testing

/// Clients for the server that `TEST_DATABASE_URL` names.
enum TestDatabase {
    struct Missing: Error, CustomStringConvertible {
        let description = "TEST_DATABASE_URL must name a PostgreSQL database that tests may write to"
    }

    static func url() throws -> String {
        guard let value = getenv("TEST_DATABASE_URL") else { throw Missing() }
        return String(cString: value)
    }

    /// Runs `body` with a client of its own, and shuts that down.
    static func withClient<Value>(
        url: String? = nil,
        _ configure: (inout PostgresConfiguration) -> Void = { _ in },
        onEvent: @escaping @Sendable (PostgresEvent) -> Void = { _ in },
        _ body: (PostgresClient) async throws -> Value
    ) async throws -> Value {
        var configuration = PostgresConfiguration(url: try url ?? Self.url())
        configuration.applicationName = "test"
        configure(&configuration)
        let reactor = try Reactor(name: "test")
        reactor.start()
        let client = PostgresClient(configuration: configuration, reactor: reactor, onEvent: onEvent)
        client.start()
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        reactor.stop()
        return try result.get()
    }

    /// Makes a table for the time of `body`.
    static func withTable(
        _ client: PostgresClient, _ columns: String, _ body: (_ name: String) async throws -> Void
    ) async throws {
        let name = "test_\(UInt32.random(in: 1 ... .max))"
        _ = try await client.execute(Statement("create table \(name) (\(columns))"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(name)) } catch { result = .failure(error) }
        _ = try await client.execute(Statement("drop table \(name)"))
        try result.get()
    }

    static func code(_ body: () async throws -> Void) async -> PostgresError.Code? {
        do { try await body() } catch { return (error as? PostgresError)?.code }
        return nil
    }
}
