import Postgres
import Testing

@Suite("Transactions", .timeLimit(.minutes(1)))
struct TransactionTests {
    private struct Refusal: Error {}

    private func count(_ table: String, _ client: PostgresClient) async throws -> Int64 {
        try await client.query(Statement("select count(*) from \(table)"))[0].int(0)
    }

    @Test("atomically commits all, in one transaction")
    func atomically() async throws {
        try await TestDatabase.withClient { client in
            try await TestDatabase.withTable(client, "a int8 primary key") { table in
                let insert = "insert into \(table) values ($1) returning a, txid_current()"
                let results = try await client.atomically([Statement(insert, [1]), Statement(insert, [2])])
                #expect(results.count == 2)
                #expect(results[0][0].int(1) == results[1][0].int(1))
                #expect(results.map { $0[0].int(0) } == [1, 2])
                let total = try await count(table, client)
                #expect(total == 2)
            }
        }
    }

    @Test("atomically rolls back everything on the first error, and the connection serves on")
    func atomicallyRollsBack() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8 primary key") { table in
                let insert = "insert into \(table) values ($1)"
                for _ in 0..<3 {
                    let error = await TestDatabase.code {
                        _ = try await client.atomically([
                            Statement(insert, [1]), Statement(insert, [1]), Statement("select 1 from pg_class"),
                        ])
                    }
                    #expect(error == .uniqueViolation)
                }
                let afterErrors = try await count(table, client)
                #expect(afterErrors == 0)
                _ = try await client.atomically([Statement(insert, [1]), Statement("select 1 from pg_class")])
                let afterSuccess = try await count(table, client)
                #expect(afterSuccess == 1)
            }
        }
    }

    @Test("a transaction commits when its body returns and rolls back when it throws")
    func transaction() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8 primary key") { table in
                let insert = "insert into \(table) values ($1)"
                let affected = try await client.transaction { transaction in
                    _ = try await transaction.query(Statement(insert, [1]))
                    return try await transaction.pipeline([Statement(insert, [2]), Statement(insert, [3])]).count
                }
                #expect(affected == 2)
                await #expect(throws: Refusal.self) {
                    try await client.transaction { transaction in
                        _ = try await transaction.query(Statement(insert, [4]))
                        throw Refusal()
                    }
                }
                let total = try await count(table, client)
                #expect(total == 3)
                try await client.transaction { _ in }
            }
        }
    }

    @Test("an error that the body swallows still prevents the commit, unless a savepoint saved it")
    func swallowed() async throws {
        try await TestDatabase.withClient { client in
            try await TestDatabase.withTable(client, "a int8 primary key") { table in
                let insert = Statement("insert into \(table) values ($1)", [1])
                let code = await TestDatabase.code {
                    try await client.transaction { transaction in
                        _ = try await transaction.query(insert)
                        _ = try? await transaction.query(insert)
                    }
                }
                #expect(code == .uniqueViolation)
                let afterError = try await count(table, client)
                #expect(afterError == 0)
                try await client.transaction { transaction in
                    _ = try await transaction.pipeline([insert, Statement("savepoint here")])
                    _ = try? await transaction.query(insert)
                    _ = try await transaction.query(Statement("rollback to savepoint here"))
                }
                let afterSavepoint = try await count(table, client)
                #expect(afterSavepoint == 1)
            }
        }
    }

    @Test("a transaction kept beyond its body sends nothing")
    func escaped() async throws {
        try await TestDatabase.withClient { client in
            let transaction = try await client.transaction { $0 }
            #expect(await TestDatabase.code { _ = try await transaction.query(Statement("select 1")) } == .other)
        }
    }

    @Test("two calls of one transaction at the same time are refused")
    func concurrentCalls() async throws {
        try await TestDatabase.withClient { client in
            try await client.transaction { transaction in
                let sleep = Statement("select pg_sleep(0.5)")
                async let first = TestDatabase.code { _ = try await transaction.query(sleep) }
                async let second = TestDatabase.code { _ = try await transaction.query(sleep) }
                let codes = await [first, second]
                #expect(codes.contains(.other))
                #expect(codes.contains(nil))
                _ = try await transaction.query(Statement("select 1"))
            }
        }
    }

    @Test("scripts run many statements inside the transaction")
    func script() async throws {
        try await TestDatabase.withClient { client in
            try await TestDatabase.withTable(client, "a int8") { table in
                try await client.transaction { transaction in
                    try await transaction.script(
                        """
                        -- a comment; with a semicolon
                        insert into \(table) values (1), (2);
                        do $$ begin perform 1; end $$;
                        insert into \(table) values (3);
                        """)
                    let rows = try await transaction.query(Statement("select count(*) from \(table)"))
                    #expect(rows[0].int(0) == 3)
                }
                let afterScript = try await count(table, client)
                #expect(afterScript == 3)
                let code = await TestDatabase.code {
                    try await client.transaction { transaction in
                        _ = try await transaction.query(Statement("delete from \(table)"))
                        try await transaction.script("select 1; select nonsense; select 2")
                    }
                }
                #expect(code == .other)
                let afterError = try await count(table, client)
                #expect(afterError == 3)
            }
        }
    }

    @Test("a lock that is not granted and a statement that runs too long have codes of their own")
    func timeouts() async throws {
        try await TestDatabase.withClient({
            $0.lockTimeout = .milliseconds(50)
            $0.statementTimeout = .milliseconds(400)
        }) { client in
            try await TestDatabase.withTable(client, "a int8") { table in
                try await client.transaction { transaction in
                    _ = try await transaction.query(Statement("lock table \(table) in access exclusive mode"))
                    let code = await TestDatabase.code {
                        _ = try await client.execute(Statement("insert into \(table) values (1)"))
                    }
                    #expect(code == .lockTimeout)
                }
                let slow = await TestDatabase.code { _ = try await client.execute(Statement("select pg_sleep(5)")) }
                #expect(slow == .timeout)
                let one = try await client.execute(Statement("select 1::int8"))[0].int(0)
                #expect(one == 1)
            }
        }
    }
}
