import Testing

@testable import TimeTracker

/// The queue in front of the hashing thread.
@Suite struct PasswordQueueTests {
    @Test func placesAreBoundedAndComeBack() async throws {
        let verifier = try PasswordVerifier()
        defer { verifier.stop() }
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<PasswordVerifier.capacity {
                group.addTask {
                    try await verifier.withPlace { _ in
                        arrived.yield()
                        for await _ in gate {}
                    }
                }
            }
            var arrival = arrivals.makeAsyncIterator()
            for _ in 0..<PasswordVerifier.capacity { await arrival.next() }
            let refusal = await #expect(throws: APIError.self) { try await verifier.withPlace { _ in } }
            #expect(refusal?.code == "overloaded")
            #expect(refusal?.headers.map(\.name) == ["retry-after"])
            open.finish()
            try await group.waitForAll()
        }
        // Also after a failure.
        struct Failure: Error {}
        for _ in 0...PasswordVerifier.capacity {
            await #expect(throws: Failure.self) { try await verifier.withPlace { _ in throw Failure() } }
        }
        let hash = try await verifier.withPlace { try await $0.hash("correct horse") }
        #expect(try await verifier.withPlace { try await $0.verify("correct horse", against: hash) })
    }
}
