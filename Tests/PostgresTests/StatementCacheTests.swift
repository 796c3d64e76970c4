import Testing

@testable import Postgres

@Suite("StatementCache")
struct StatementCacheTests {
    private var cache = StatementCache(capacity: 3)
    private static let sql = "select $1::int8 as one, $2::text as two"

    private mutating func new(_ statement: Statement) -> StatementCache.Prepared? {
        guard case .new(let prepared, _) = cache.lookUp(statement) else { return nil }
        return prepared
    }

    private mutating func known(_ statement: Statement) -> StatementCache.Prepared? {
        guard case .known(let prepared) = cache.lookUp(statement) else { return nil }
        return prepared
    }

    @Test("finds the same text again, at the same address and at another")
    mutating func identity() {
        let first = new(Statement(Self.sql, [1, "a"]))
        #expect(first?.types == [PostgresType.int8, PostgresType.text])
        #expect(known(Statement(Self.sql, [2, "b"])) == first)
        let copy = String(decoding: Array(Self.sql.utf8), as: UTF8.self)
        #expect(known(Statement(copy, [3, "c"])) == first)
        #expect(known(Statement(Self.sql, [4, "d"])) == first)
        #expect(cache.count == 1)
    }

    @Test("short texts have no address and are found by their text")
    mutating func short() {
        #expect(Statement("select 1").address == nil)
        let first = new(Statement("select 1"))
        #expect(known(Statement("select 1")) == first)
        #expect(new(Statement("select 2")) != nil)
    }

    @Test("a text built anew at a reused address is not mistaken for another")
    mutating func reusedAddress() {
        var cache = StatementCache(capacity: 8)
        for number in 0..<200 {
            let sql = "select \(number % 50 + 100) as some_column_name"
            switch cache.lookUp(Statement(sql)) {
            case .known(let prepared), .new(let prepared, _): #expect(!prepared.name.isEmpty)
            }
            #expect(cache.count <= 8)
        }
    }

    @Test("types are part of the identity, a null fits any, and a new variant keeps the types known before")
    mutating func nulls() {
        let untyped = new(Statement(Self.sql, [.null, .null]))
        #expect(untyped?.types == [0, 0])
        let number = new(Statement(Self.sql, [1, .null]))
        #expect(number?.types == [PostgresType.int8, 0])
        let both = new(Statement(Self.sql, [.null, "a"]))
        #expect(both?.types == [PostgresType.int8, PostgresType.text])
        #expect(known(Statement(Self.sql, [2, "b"])) == both)
        #expect(known(Statement(Self.sql, [.null, "b"])) == both)
        #expect(known(Statement(Self.sql, [.null, .null])) == untyped)
    }

    @Test("evicts the variant used least recently")
    mutating func eviction() throws {
        let first = try #require(new(Statement("select 1")))
        let second = try #require(new(Statement("select 2")))
        _ = new(Statement("select 3"))
        #expect(known(Statement("select 1")) == first)
        guard case .new(_, let evicted) = cache.lookUp(Statement("select 4")) else {
            Issue.record("not new")
            return
        }
        #expect(evicted == second)
        #expect(cache.count == 3)
        #expect(new(Statement("select 2")) != nil)
    }

    @Test("a removed variant is prepared again under a new name")
    mutating func removal() throws {
        let first = try #require(new(Statement(Self.sql, [1, "a"])))
        cache.remove(first.id)
        cache.remove(first.id)
        let second = try #require(new(Statement(Self.sql, [1, "a"])))
        #expect(second.name != first.name)
        #expect(cache.count == 1)
    }
}
