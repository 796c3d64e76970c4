import Postgres
import Synchronization
import Testing

@testable import TimeTracker

@Suite struct SharedLookupTests {
    private final class Calls: Sendable {
        let count = Atomic<Int>(0)
    }

    @Test func whoAsksMeanwhileGetsTheSameAnswer() async throws {
        let lookups = SharedLookup<Int, Int>()
        let calls = Calls()
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { [lookups, calls] in
                    try await lookups.value(1) { () throws(PostgresError) in
                        calls.count.add(1, ordering: .relaxed)
                        try? await Task.sleep(for: .milliseconds(200))
                        return 7
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: 7, count: 20))
        #expect(calls.count.load(ordering: .relaxed) < 20)
        // It remembers nothing.
        _ = try await lookups.value(1) { () throws(PostgresError) in
            calls.count.add(100, ordering: .relaxed)
            return 8
        }
        #expect(calls.count.load(ordering: .relaxed) > 100)
    }

    @Test func aFailureIsEverybodysAndOver() async throws {
        let lookups = SharedLookup<Int, Int>()
        await #expect(throws: PostgresError.self) {
            try await lookups.value(1) { () throws(PostgresError) in throw PostgresError(.unavailable, message: "away")
            }
        }
        #expect(try await lookups.value(1) { () throws(PostgresError) in 3 } == 3)
    }
}
