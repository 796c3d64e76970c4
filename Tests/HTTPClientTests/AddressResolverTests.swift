import HTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct AddressResolverTests {
    @Test func namesAndAddresses() async throws {
        let resolver = AddressResolver(threads: 2)
        #expect(try await resolver.addresses(of: "127.0.0.1") == ["127.0.0.1"])
        #expect(try await resolver.addresses(of: "::1") == ["::1"])
        #expect(try await resolver.addresses(of: "2130706433") == ["127.0.0.1"])
        let local = try await resolver.addresses(of: "localhost")
        #expect(local.contains("127.0.0.1") && local.count == Set(local).count)
        await #expect(throws: AddressResolver.Failure.self) { try await resolver.addresses(of: "no-such-host.invalid") }
    }

    @Test func manyNamesOnFewThreads() async throws {
        let resolver = AddressResolver(threads: 2)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await resolver.addresses(of: "localhost").contains("127.0.0.1") } }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func whoIsCancelledDoesntWait() async {
        let resolver = AddressResolver(threads: 1)
        let task = Task {
            // Ends with the cancellation.
            try? await Task.sleep(for: .seconds(30))
            return try await resolver.addresses(of: "localhost")
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
