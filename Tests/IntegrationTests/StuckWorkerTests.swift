import Foundation
import Glibc
import Testing

/// Nothing of a worker that was killed outlives it: no helper of the runtime, no socket.
@Suite(.serialized) struct StuckWorkerTests {
    private static let impatient = ["TT_HEARTBEAT_TIMEOUT": "3"]

    /// Living processes of a process group.
    private func group(_ leader: Int32) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
            // pid (name) state parent group …
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 2 && fields[0] != "Z" && Int32(fields[2]) == leader
        }
    }

    /// A connection that a request has been answered on.
    private func usedConnection(_ server: TestServer) async throws -> HTTPConnectionClient {
        try await blocking {
            let connection = try server.connect()
            try connection.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
            _ = try connection.receive()
            return connection
        }
    }

    private func hasBeenReplaced(_ old: Int32, _ server: TestServer, within seconds: Double) async -> Bool {
        await wait(for: seconds) { server.workerPIDs.count == 1 && server.workerPIDs != [old] }
    }

    @Test func aStoppedWorkerLeavesNothing() async throws {
        try await TestServer.with(workers: 1, Self.impatient) { server async throws in
            let stuck = try #require(server.workerPIDs.first)
            let connection = try await usedConnection(server)
            #expect(group(stuck) == [stuck])
            kill(stuck, SIGSTOP)
            let isSeen = await wait(for: 20) { server.log.contains("worker stuck") }
            #expect(isSeen)
            let start = ContinuousClock.now
            let isClosed = try await blocking { connection.isClosedByServer() }
            let isGone = await wait(for: 5) { group(stuck).isEmpty }
            #expect(isClosed && isGone)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(await hasBeenReplaced(stuck, server, within: 20))
            // The log says what the threads were doing: here, nothing.
            #expect(server.log.contains(#/"threads":"[^"]*tt-loop[^"]* T /#))
        }
    }

    /// A crash whose backtrace the operator has asked for: the runtime's helper works on it for minutes.
    @Test func aBacktraceEndsWithItsWorker() async throws {
        let settings = Self.impatient.merging(["SWIFT_BACKTRACE": "enable=yes"]) { $1 }
        try await TestServer.with(workers: 1, settings) { server async throws in
            let crashed = try #require(server.workerPIDs.first)
            let connection = try await usedConnection(server)
            kill(crashed, SIGABRT)
            let hasHelper = await wait(for: 3) { group(crashed).count > 1 }
            #expect(hasHelper)
            // On a quick machine it would be done before the worker counts as stuck.
            for helper in group(crashed) where helper != crashed { kill(helper, SIGSTOP) }
            let isSeen = await wait(for: 20) { server.log.contains("worker stuck") }
            #expect(isSeen)
            let isGone = await wait(for: 5) { group(crashed).isEmpty }
            #expect(isGone)
            #expect(try await blocking { connection.isClosedByServer() })
            #expect(await hasBeenReplaced(crashed, server, within: 20))
        }
    }

    @Test func aCrashIsOverAtOnce() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let crashed = try #require(server.workerPIDs.first)
            let connection = try await usedConnection(server)
            let start = ContinuousClock.now
            kill(crashed, SIGABRT)
            #expect(try await blocking { connection.isClosedByServer() })
            let isGone = await wait(for: 5) { group(crashed).isEmpty }
            #expect(isGone)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(await hasBeenReplaced(crashed, server, within: 20))
            #expect(!server.log.contains("Backtrac"))
        }
    }

    /// Whatever a worker has started is in its group, and goes when it goes, by whichever way.
    @Test func companionsLeaveNothingEither() async throws {
        let settings = ["SWIFT_BACKTRACE": "enable=yes"]
        try await TestServer.with(workers: 1, settings) { server async throws in
            let jobs = try #require(server.jobsPID)
            kill(jobs, SIGABRT)
            let hasHelper = await wait(for: 3) { group(jobs).count > 1 }
            #expect(hasHelper)
            kill(jobs, SIGKILL)
            let isGone = await wait(for: 5) { group(jobs).isEmpty }
            #expect(isGone)
        }
    }
}
