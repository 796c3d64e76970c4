import Testing

@testable import Postgres

@Suite("GroupMachine")
struct GroupMachineTests {
    private var machine = GroupMachine<Int>()

    private mutating func begin(isLate: Bool = false) -> [Int]? { machine.begin(isLate: isLate)?.map(\.waiter) }

    @Test("what comes while two groups are under way forms the third")
    mutating func joins() {
        let statement = Statement("select 1")
        machine.add(statement, 1)
        machine.add(statement, 2)
        #expect(begin() == [1, 2])
        machine.add(statement, 3)
        #expect(begin() == [3])
        machine.add(statement, 4)
        machine.add(statement, 5)
        #expect(begin() == nil)
        #expect(machine.isWaiting)
        machine.end()
        #expect(begin() == [4, 5])
        #expect(!machine.isWaiting)
        #expect(begin() == nil)
    }

    @Test("a group has a largest size")
    mutating func size() {
        for waiter in 0..<50 { machine.add(Statement("select 1"), waiter) }
        #expect(begin()?.count == 32)
        #expect(begin()?.count == 18)
    }

    @Test("those who have waited long enough begin beside the others")
    mutating func late() {
        for waiter in 0..<3 {
            machine.add(Statement("select 1"), waiter)
            _ = begin()
        }
        #expect(begin() == nil)
        #expect(begin(isLate: true) == [2])
    }
}

@Suite("Group commit", .timeLimit(.minutes(1)))
struct GroupCommitTests {
    /// Runs a body for each number at the same time; waits until all are under way or in line before the pool is free.
    private func crowd<Value: Sendable>(
        _ numbers: Range<Int64>, _ client: PostgresClient, _ body: @escaping @Sendable (Int64) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            try await client.transaction { transaction in
                // The only connection.
                _ = try await transaction.query(Statement("select 1"))
                for number in numbers { group.addTask { try await body(number) } }
                while client.statistics.waiting < 2 { await Task.yield() }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("statements that are sent together share a transaction, and each gets its own rows")
    func shared() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8 primary key") { table in
                let insert = "insert into \(table) values ($1) returning a, txid_current()"
                let rows = try await crowd(0..<40, client) { number in
                    let row = try await client.executeInGroup(Statement(insert, [.int(number)]))[0]
                    #expect(row.int(0) == number)
                    return row.int(1)
                }
                #expect(rows.count == 40)
                #expect(Set(rows).count < 20)
            }
        }
    }

    @Test("one that fails takes nothing from the others, and nothing is done twice")
    func failure() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8 check (a <> 7)") { table in
                let insert = "insert into \(table) values ($1)"
                let codes = try await crowd(0..<20, client) { number in
                    await TestDatabase.code { _ = try await client.executeInGroup(Statement(insert, [.int(number)])) }
                }
                #expect(codes.compactMap(\.self) == [.checkViolation])
                let row = try await client.query(
                    Statement("select count(*), count(distinct a), count(*) filter (where a = 7) from \(table)"))[0]
                #expect(row.int(0) == 19)
                #expect(row.int(1) == 19)
                #expect(row.int(2) == 0)
            }
        }
    }

    @Test("of a connection that is lost under way nobody is told that it is done")
    func loss() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8") { table in
                let insert = "insert into \(table) values ($1)"
                let codes = try await crowd(0..<10, client) { number in
                    await TestDatabase.code {
                        let end = number == 4 ? " returning pg_terminate_backend(pg_backend_pid())" : ""
                        _ = try await client.executeInGroup(Statement(insert + end, [.int(number)]))
                    }
                }
                let lost = codes.count { $0 == .connectionLost }
                #expect(lost > 0)
                let stored = try await client.query(Statement("select count(*) from \(table)"))[0].int(0)
                #expect(stored == codes.count { $0 == nil })
            }
        }
    }

    @Test("groups that wait for a lock hold nobody else up for long")
    func patience() async throws {
        try await TestDatabase.withClient { client in
            try await TestDatabase.withTable(client, "a int8 primary key, b int8") { table in
                _ = try await client.execute(Statement("insert into \(table) select n, 0 from generate_series(1, 9) n"))
                let update = "update \(table) set b = b + 1 where a = $1"
                try await withThrowingTaskGroup { group in
                    try await client.transaction { transaction in
                        _ = try await transaction.query(Statement(update, [1]))
                        let blocked = Statement(
                            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%\(table)%'")
                        for count in 1...2 {
                            group.addTask { _ = try await client.executeInGroup(Statement(update, [1])) }
                            while try await client.query(blocked).count < count {}
                        }
                        _ = try await client.executeInGroup(Statement(update, [2]))
                        let stillBlocked = try await client.query(blocked).count
                        #expect(stillBlocked == 2)
                    }
                    try await group.waitForAll()
                }
                let sum = try await client.query(Statement("select sum(b)::int8 from \(table)"))[0].int(0)
                #expect(sum == 4)
            }
        }
    }
}
