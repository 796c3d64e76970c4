import Foundation
import Glibc
import Testing

/// HUP, USR2 and recycling: workers, configuration and program change while clients notice nothing.
@Suite(.serialized) struct ReplacementTests {
    private func count(_ text: String, in server: TestServer) -> Int {
        server.log.components(separatedBy: text).count - 1
    }

    /// Sends a signal and waits until the reload that it starts has ended.
    private func reload(_ server: TestServer, _ signal: Int32 = SIGHUP, within seconds: Double = 60) async -> Bool {
        let before = count(#""message":"reloaded""#, in: server)
        kill(server.pid, signal)
        return await wait(for: seconds) { count(#""message":"reloaded""#, in: server) > before }
    }

    private func temporary(_ name: String) -> URL {
        URL(fileURLWithPath: "/tmp/tt-\(name)-\(UInt32.random(in: 1 ... .max))")
    }

    @Test(arguments: [SIGHUP, SIGUSR2]) func underLoadNoRequestFails(_ signal: Int32) async throws {
        try await TestServer.with(workers: 2) { server async throws in
            let first = Set(server.workerPIDs)
            let jobs = server.jobsPID
            let load = Load(server, connections: 16)
            try await load.run {
                for _ in 0..<2 {
                    await load.progress()
                    let isDone = await reload(server, signal)
                    #expect(isDone)
                }
            }
            #expect(load.cut == 0)
            #expect(load.statuses.keys.allSatisfy { $0 == 200 }, "\(load.statuses)")
            #expect(load.answered > 500)
            let last = Set(server.workerPIDs)
            #expect(last.count == 2 && last.isDisjoint(with: first))
            let isRestarted = await wait(for: 10) { server.jobsPID != nil && server.jobsPID != jobs }
            #expect(isRestarted)
            #expect(count(#""message":"took over""#, in: server) == (signal == SIGUSR2 ? 2 : 0))
            await server.stop()
            #expect(server.exitStatus == 0)
        }
    }

    @Test func theNewConfigurationIsInForceAndABadOneIsRefused() async throws {
        let file = temporary("config")
        try "timetracker_version: 7.7.7\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await TestServer.with(workers: 2, arguments: ["--config", file.path]) { server async throws in
            func version() async throws -> String? { try await server.get("/api/v1/info").json["app_version"].string }
            #expect(try await version() == "7.7.7")
            try "timetracker_version: 8.8.8\nworkers: 3\nheader_timeout: soon\n".write(
                to: file, atomically: true, encoding: .utf8)
            let pids = server.workerPIDs
            for signal in [SIGHUP, SIGUSR2] {
                let before = count("reload refused", in: server)
                kill(server.pid, signal)
                let isRefused = await wait(for: 30) { count("reload refused", in: server) > before }
                #expect(isRefused)
            }
            #expect(server.log.contains(#/reload refused[^\n]*HEADER_TIMEOUT must be a whole number/#))
            #expect(server.workerPIDs == pids)
            #expect(try await version() == "7.7.7")

            try "timetracker_version: 8.8.8\n".write(to: file, atomically: true, encoding: .utf8)
            #expect(await reload(server))
            #expect(try await version() == "8.8.8")
        }
    }

    /// What is on disk is only used once it has been found good; until then dead workers come back as they were.
    @Test func aBrokenProgramIsRefusedAndTheOldOneGoesOn() async throws {
        let program = temporary("program")
        try FileManager.default.copyItem(at: Tool.executable, to: program)
        defer { try? FileManager.default.removeItem(at: program) }
        try await TestServer.with(workers: 2, executable: program) { server async throws in
            let broken = temporary("broken")
            try "#!/bin/sh\necho this program is broken >&2; exit 1\n".write(
                to: broken, atomically: true, encoding: .utf8)
            chmod(broken.path, 0o755)
            #expect(rename(broken.path, program.path) == 0)
            for signal in [SIGHUP, SIGUSR2] {
                let before = count("this program is broken", in: server)
                kill(server.pid, signal)
                let isRefused = await wait(for: 30) { count("this program is broken", in: server) > before }
                #expect(isRefused)
            }
            let victim = try #require(server.workerPIDs.first)
            kill(victim, SIGKILL)
            let isBack = await wait(for: 20) { server.workerPIDs.count == 2 && !server.workerPIDs.contains(victim) }
            #expect(isBack)
            #expect(try await server.get("/api/v1/users/me").status == 200)

            let good = temporary("good")
            try FileManager.default.copyItem(at: Tool.executable, to: good)
            #expect(rename(good.path, program.path) == 0)
            #expect(await reload(server, SIGUSR2))
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }

    @Test func workersAreAddedRemovedAndKeptOverAReload() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            kill(server.pid, SIGTTIN)
            let isAdded = await wait(for: 20) { server.log.components(separatedBy: "worker ready").count == 3 }
            #expect(isAdded)
            #expect(await reload(server))
            #expect(server.workerPIDs.count == 2)
            kill(server.pid, SIGTTOU)
            let isRemoved = await wait(for: 20) { server.workerPIDs.count == 1 }
            #expect(isRemoved)
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }

    @Test func workersAreRecycledByRequestsAndNoneFails() async throws {
        try await TestServer.with(workers: 2, ["RECYCLE_REQUESTS": "300"]) { server async throws in
            let first = Set(server.workerPIDs)
            let load = Load(server, connections: 8)
            try await load.run {
                await wait(for: 30) { Set(server.workerPIDs).isDisjoint(with: first) }
            }
            #expect(load.cut == 0)
            #expect(load.statuses.keys.allSatisfy { $0 == 200 }, "\(load.statuses)")
            #expect(Set(server.workerPIDs).isDisjoint(with: first))
            #expect(server.log.contains(#/worker replaced[^\n]*"reason":"requests"/#))
        }
    }

    @Test func workersAreRecycledByMemoryAndAge() async throws {
        try await TestServer.with(workers: 1, ["RECYCLE_MEMORY_MB": "1"]) { server async throws in
            let isReplaced = await wait(for: 20) {
                server.log.contains(#/worker replaced[^\n]*"reason":"memory"/#)
            }
            #expect(isReplaced)
        }
        try await TestServer.with(workers: 1, ["RECYCLE_SECONDS": "2"]) { server async throws in
            let isReplaced = await wait(for: 20) { server.log.contains(#/worker replaced[^\n]*"reason":"age"/#) }
            #expect(isReplaced)
        }
    }
}
