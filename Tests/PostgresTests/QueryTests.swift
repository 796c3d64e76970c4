import Postgres
import Testing

@Suite("Queries", .timeLimit(.minutes(1)))
struct QueryTests {
    @Test("every parameter type goes there and comes back")
    func roundTrip() async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(
                Statement(
                    "select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13",
                    [
                        true, -5, .int4(7), 1.5, "grüße", .timestamp(-1), .date(31), .bytes([0, 255]),
                        .intArray([1, -2]), .textArray(["", "b"]), .numeric("-1234567.895"), .json(#"{"a": 1}"#), .null,
                    ]))
            let row = try #require(rows.first)
            #expect(row.bool(0))
            #expect(row.int(1) == -5)
            #expect(row.int(2) == 7)
            #expect(row.double(3) == 1.5)
            #expect(row.string(4) == "grüße")
            #expect(row.timestamp(5) == -1)
            #expect(row.date(6) == 31)
            #expect(row.byteArray(7) == [0, 255])
            #expect(row.intArray(8) == [1, -2])
            #expect(row.textArray(9) == ["", "b"])
            #expect(row.hundredths(10) == -123_456_790)
            #expect(row.numericText(10) == "-1234567.895")
            #expect(row.string(11) == #"{"a": 1}"#)
            #expect(row.isNull(12))
            #expect(row.stringOrNull(12) == nil)
            #expect(rows.columnCount == 13)
        }
    }

    @Test(
        "numeric agrees with the server's own text and rounding",
        arguments: [
            "0", "0.005", "-0.005", "0.00499999", "99999999.995", "-12345678901234.5678", "1e15", "10000", "0.1",
        ])
    func numeric(text: String) async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(
                Statement("select $1, $1::text, (round($1, 2) * 100)::int8, null::numeric", [.numeric(text)]))
            let row = try #require(rows.first)
            #expect(row.numericText(0) == row.string(1))
            #expect(row.hundredths(0) == row.int(2))
            #expect(row.hundredthsOrNull(3) == nil)
        }
    }

    @Test("an empty text is not null; arrays may be empty")
    func empty() async throws {
        try await TestDatabase.withClient { client in
            let rows = try await client.query(
                Statement("select $1, $2, $3, cardinality($3)", ["", .textArray([]), .intArray([])]))
            #expect(rows[0].stringOrNull(0) == "")
            #expect(rows[0].textArrayOrNull(1) == [])
            #expect(rows[0].intArray(2) == [])
            #expect(rows[0].int(3) == 0)
        }
    }

    @Test("an error stays with its own statement in a shared pipeline")
    func isolatedErrors() async throws {
        try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let divisor = number % 3
                        let outcome = await TestDatabase.code {
                            let rows = try await client.query(
                                Statement("select 12 / $1::int8 as quotient", [.int(Int64(divisor))]))
                            #expect(rows[0].int(0) == Int64(12 / divisor))
                        }
                        #expect(outcome == (divisor == 0 ? .invalidInput : nil))
                    }
                }
            }
        }
    }

    @Test("32 tasks get their own answers")
    func concurrency() async throws {
        try await TestDatabase.withClient { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for number in 0..<200 {
                            let value = Int64(task * 1000 + number)
                            let rows = try await client.query(
                                Statement(
                                    "select $1::int8, repeat('x', $2::int4)", [.int(value), .int4(Int32(number))]))
                            #expect(rows[0].int(0) == value)
                            #expect(rows[0].string(1).utf8.count == number)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.statistics.sharedInFlight == 0)
        }
    }

    @Test("large parameters and results pass through a full socket")
    func large() async throws {
        try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
            let text = String(repeating: "0123456789abcdef", count: 400_000)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let rows = try? await client.query(Statement("select $1::text, length($1)", [.text(text)]))
                        #expect(rows?[0].string(0) == text)
                    }
                }
            }
        }
    }

    @Test("a parameter may be null first and typed later, and the other way round")
    func nullThenTyped() async throws {
        try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
            let sql = "select coalesce($1, 7::int8), coalesce($2, 'none'::text)"
            for (number, text): (Int64?, String?) in [(nil, nil), (1, nil), (nil, "a"), (2, "b"), (nil, nil), (3, nil)]
            {
                let rows = try await client.query(Statement(sql, [PostgresValue(number), PostgresValue(text)]))
                #expect(rows[0].int(0) == number ?? 7)
                #expect(rows[0].string(1) == text ?? "none")
            }
        }
    }

    @Test("more statements than the cache holds are evicted on the server too")
    func eviction() async throws {
        try await TestDatabase.withClient({
            $0.sharedConnections = 1
            $0.preparedStatements = 4
        }) { client in
            for number in 0..<40 {
                let rows = try await client.query(Statement("select \(number % 10)::int8 as number"))
                #expect(rows[0].int(0) == Int64(number % 10))
            }
            let rows = try await client.query(Statement("select count(*) from pg_prepared_statements"))
            #expect(rows[0].int(0) <= 4)
        }
    }

    @Test("a syntax error is told, and told again, to everybody who sends it")
    func syntaxError() async throws {
        try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
            await withTaskGroup(of: PostgresError.Code?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await TestDatabase.code { _ = try await client.query(Statement("selectt 1 from nowhere")) }
                    }
                }
                for await code in group { #expect(code == .other) }
            }
            let one = try await client.query(Statement("select 1::int8"))[0].int(0)
            #expect(one == 1)
        }
    }

    @Test("a changed table does not break what was prepared before")
    func changedResultType() async throws {
        try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
            try await TestDatabase.withTable(client, "a int8") { table in
                let select = Statement("select * from \(table) where true")
                let before = try await client.query(select).columnCount
                #expect(before == 1)
                _ = try await client.execute(Statement("alter table \(table) add b text"))
                let after = try await client.query(select).columnCount
                #expect(after == 2)
            }
        }
    }

    @Test("constraints are named and values are not")
    func constraintErrors() async throws {
        try await TestDatabase.withClient { client in
            try await TestDatabase.withTable(client, "a text constraint only_once unique check (a <> 'bad')") { table in
                let insert = "insert into \(table) values ($1)"
                let affected = try await client.execute(Statement(insert, ["secret"])).affected
                #expect(affected == 1)
                let duplicate = await #expect(throws: PostgresError.self) {
                    _ = try await client.execute(Statement(insert, ["secret"]))
                }
                #expect(duplicate?.code == .uniqueViolation)
                #expect(duplicate?.constraint == "only_once")
                #expect(duplicate?.message.contains("secret") == false)
                let check = await TestDatabase.code { _ = try await client.execute(Statement(insert, ["bad"])) }
                #expect(check == .checkViolation)
                let syntax = await #expect(throws: PostgresError.self) {
                    _ = try await client.query(Statement("select $1::text::int8", ["secret"]))
                }
                #expect(syntax?.code == .invalidInput)
                #expect(syntax?.message.contains("secret") == false)
            }
        }
    }
}
