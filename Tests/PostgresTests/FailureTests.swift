import Glibc
import Postgres
import Synchronization
import Testing

@Suite("Failures", .timeLimit(.minutes(1)))
struct FailureTests {
    private static let backend = Statement("select pg_backend_pid()::int8 as backend_process")

    private func terminate(_ backend: Int64, _ client: PostgresClient) async throws {
        _ = try await client.query(Statement("select pg_terminate_backend($1)", [.int4(Int32(backend))]))
    }

    /// Terminates a backend as soon as it sleeps.
    private func terminateSleeping(_ backend: Int64, _ client: PostgresClient) async throws {
        let activity = Statement(
            "select 1 from pg_stat_activity where pid = $1 and state = 'active' and query like '%pg_sleep%'",
            [.int4(Int32(backend))])
        while try await client.query(activity).isEmpty {}
        try await terminate(backend, client)
    }

    @Test("nobody waits for a connection longer than allowed, in order, and a cancelled task leaves the queue")
    func poolWait() async throws {
        try await TestDatabase.withClient({
            $0.poolSize = 1
            $0.poolWait = .milliseconds(500)
        }) { client in
            try await client.transaction { transaction in
                _ = try await transaction.query(Statement("select 1"))
                #expect(await TestDatabase.code { _ = try await client.execute(Statement("select 1")) } == .poolTimeout)
                let cancelled = Task {
                    await TestDatabase.code { _ = try await client.execute(Statement("select 1")) }
                }
                cancelled.cancel()
                #expect(await cancelled.value == .cancelled)
                #expect(client.statistics.waiting == 0)
                #expect(client.statistics.leased == 1)
            }
            let one = try await client.execute(Statement("select 1::int8"))[0].int(0)
            #expect(one == 1)
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("more tasks than connections are all served, by no more connections than allowed")
    func poolLimit() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 3 }) { client in
            let backends = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<60 { group.addTask { try await client.execute(Self.backend)[0].int(0) } }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(backends.count <= 3)
            // One may have been opened for a task that another connection has served meanwhile.
            #expect((backends.count...3).contains(client.statistics.idle))
        }
    }

    @Test("a cancelled task gives its connection back")
    func cancelledTask() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            let (started, signal) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await client.transaction { transaction in
                    _ = try await transaction.query(Statement("select 1"))
                    signal.finish()
                    _ = try await transaction.query(Statement("select pg_sleep(0.05)"))
                    try Task.checkCancellation()
                }
            }
            for await _ in started {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(client.statistics.leased == 0)
            let one = try await client.execute(Statement("select 1::int8"))[0].int(0)
            #expect(one == 1)
        }
    }

    @Test("reads survive the end of a shared connection; so does a client of one connection")
    func terminatedShared() async throws {
        try await TestDatabase.withClient { other in
            try await TestDatabase.withClient({ $0.sharedConnections = 1 }) { client in
                for _ in 0..<3 {
                    let backend = try await client.query(Self.backend)[0].int(0)
                    async let sleeping = client.query(Statement("select pg_sleep(0.1), pg_backend_pid()::int8"))
                    try await terminateSleeping(backend, other)
                    let replacement = try await sleeping[0].int(1)
                    #expect(replacement != backend)
                    // A connection that dies young is replaced after a pause, so it is given time to age.
                    _ = try await other.execute(Statement("select pg_sleep(1.1)"))
                }
            }
        }
    }

    @Test("a statement that must not be repeated is told that its outcome is unknown")
    func terminatedWrite() async throws {
        try await TestDatabase.withClient { other in
            try await TestDatabase.withClient({
                $0.sharedConnections = 1
                $0.poolSize = 1
            }) { client in
                let shared = try await client.query(Self.backend)[0].int(0)
                async let first = TestDatabase.code {
                    _ = try await client.query(Statement("select pg_sleep(10)"), retryable: false)
                }
                try await terminateSleeping(shared, other)
                #expect(await first == .connectionLost)

                let leased = try await client.execute(Self.backend)[0].int(0)
                async let second = TestDatabase.code { _ = try await client.execute(Statement("select pg_sleep(10)")) }
                try await terminateSleeping(leased, other)
                #expect(await second == .connectionLost)
                let replacement = try await client.execute(Self.backend)[0].int(0)
                #expect(replacement != leased)
            }
        }
    }

    @Test("a transaction that loses its connection before COMMIT may be repeated, and is gone")
    func terminatedTransaction() async throws {
        try await TestDatabase.withClient { other in
            try await TestDatabase.withTable(other, "a int8") { table in
                try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
                    let code = await TestDatabase.code {
                        try await client.transaction { transaction in
                            _ = try await transaction.query(Statement("insert into \(table) values (1)"))
                            let backend = try await transaction.query(Self.backend)[0].int(0)
                            try await terminate(backend, other)
                            _ = try await transaction.query(Statement("insert into \(table) values (2)"))
                        }
                    }
                    #expect(code == .unavailable)
                    let count = try await client.execute(Statement("select count(*) from \(table)"))[0].int(0)
                    #expect(count == 0)
                }
            }
        }
    }

    @Test("a connection lost while COMMIT is under way leaves the outcome open")
    func terminatedCommit() async throws {
        try await TestDatabase.withClient { other in
            try await TestDatabase.withTable(other, "a int8") { table in
                try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
                    let backend = try await client.execute(Self.backend)[0].int(0)
                    async let code = TestDatabase.code {
                        _ = try await client.atomically([
                            Statement("insert into \(table) values (1)"), Statement("select pg_sleep(10)"),
                        ])
                    }
                    try await terminateSleeping(backend, other)
                    #expect(await code == .connectionLost)
                }
            }
        }
    }

    @Test("an idle connection that the server closed is not leased again")
    func terminatedIdle() async throws {
        let (lost, signal) = AsyncStream<Void>.makeStream()
        try await TestDatabase.withClient { other in
            try await TestDatabase.withClient(
                { $0.poolSize = 1 },
                onEvent: { event in
                    if case .lost(.leased, _) = event { signal.finish() }
                }
            ) { client in
                let backend = try await client.execute(Self.backend)[0].int(0)
                try await terminate(backend, other)
                for await _ in lost {}
                #expect(client.statistics.idle == 0)
                let replacement = try await client.execute(Self.backend)[0].int(0)
                #expect(replacement != backend)
            }
        }
    }

    @Test("a write refused as read-only drops the connection: the primary is elsewhere now")
    func readOnly() async throws {
        try await TestDatabase.withClient({ $0.poolSize = 1 }) { client in
            let backend = try await client.execute(Self.backend)[0].int(0)
            let code = await TestDatabase.code {
                try await client.transaction { transaction in
                    _ = try await transaction.query(Statement("set transaction read only"))
                    _ = try await transaction.query(Statement("create table never_made (a int8)"))
                }
            }
            #expect(code == .unavailable)
            let replacement = try await client.execute(Self.backend)[0].int(0)
            #expect(replacement != backend)
        }
    }

    @Test("a server that accepts and says nothing is given up in time; calls then fail at once")
    func silentServer() async throws {
        let listener = try SilentListener()
        let url = "postgresql://u@127.0.0.1:\(listener.port)/db?sslmode=disable&gssencmode=disable"
        try await TestDatabase.withClient(url: url, { $0.connectTimeout = .milliseconds(150) }) { client in
            #expect(await TestDatabase.code { _ = try await client.query(Statement("select 1")) } == .unavailable)
            #expect(await TestDatabase.code { _ = try await client.execute(Statement("select 1")) } == .unavailable)
            #expect(!client.isHealthy)
        }
    }

    @Test("shutdown waits for what is under way and refuses what comes after")
    func shutdown() async throws {
        try await TestDatabase.withClient { client in
            _ = try await client.query(Statement("select 1"))
            async let sleeping = client.execute(Statement("select pg_sleep(0.2), 5::int8"))
            while client.statistics.leased == 0 { await Task.yield() }
            await client.shutdown()
            let five = try await sleeping[0].int(1)
            #expect(five == 5)
            #expect(await TestDatabase.code { _ = try await client.query(Statement("select 1")) } == .unavailable)
            #expect(await TestDatabase.code { _ = try await client.execute(Statement("select 1")) } == .unavailable)
        }
    }
}

/// A TCP listener nobody accepts from.
private final class SilentListener {
    struct Failed: Error {}

    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isReady else { throw Failed() }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
