import Foundation
import Glibc
import Testing

/// Embedded mode: one command, a private PostgreSQL and Redis.
@Suite(.serialized) struct EmbeddedTests {
    @Test func dataSurvivesAKilledTree() async throws {
        let directory = "/tmp/tt-emb-\(UInt32.random(in: 1 ... .max))"
        defer { _ = try? Tool.run("rm", ["-rf", directory, directory + ".out"]) }
        let first = try EmbeddedInstallation(directory)
        let port = try #require(await first.port(), "\(first.text)")
        let token = first.token
        #expect(try await EmbeddedInstallation.ask(port, "/api/v1/clients", token, #"{"name":"Keep"}"#).status == 201)
        #expect(
            try Tool.timetracker(["user", "list", "--data-dir", directory], EmbeddedInstallation.environment).contains(
                "admin"))
        let doctor = try Tool.timetracker(["doctor", "--data-dir", directory], EmbeddedInstallation.environment)
        #expect(!doctor.contains("FAIL") && doctor.contains("ok    Redis"))

        let refused = #expect(throws: TestServer.Failure.self) {
            try Tool.timetracker(
                ["serve", "--data-dir", directory, "--bind", "127.0.0.1:0"], EmbeddedInstallation.environment)
        }
        #expect(refused?.description.contains("in use by another") == true)

        let children = try String(
            contentsOfFile: "/proc/\(first.process.processIdentifier)/task/\(first.process.processIdentifier)/children",
            encoding: .utf8)
        kill(first.process.processIdentifier, SIGKILL)
        for child in children.split(separator: " ").compactMap({ Int32($0) }) { kill(child, SIGKILL) }
        await wait(for: 10) { !first.process.isRunning }

        let second = try EmbeddedInstallation(directory)
        let again = try #require(await second.port(), "\(second.text)")
        #expect(second.token.isEmpty)
        #expect(
            try await EmbeddedInstallation.ask(again, "/api/v1/clients", token).json["clients"][0]["name"].string
                == "Keep")
        second.process.terminate()
        let hasStopped = await wait(for: 30) { !second.process.isRunning }
        #expect(hasStopped)
        #expect(second.process.terminationStatus == 0)
        #expect((try? Tool.run("pgrep", ["-f", directory + "/postgres"])) == nil)
    }

    /// Process ids of the private PostgreSQL and Redis.
    private func services(_ directory: String) throws -> [String] {
        let postgres = try String(contentsOfFile: directory + "/postgres/postmaster.pid", encoding: .utf8)
        let redis = try Tool.run("pgrep", ["-f", "redis-server.*\(directory)|\(directory)/redis/redis.conf"])
        return [String(postgres.prefix { $0.isNumber }), redis]
    }

    @Test func theServicesSurviveReplacements() async throws {
        let directory = "/tmp/tt-emb-\(UInt32.random(in: 1 ... .max))"
        defer { _ = try? Tool.run("rm", ["-rf", directory, directory + ".out"]) }
        let server = try EmbeddedInstallation(directory)
        let port = try #require(await server.port(), "\(server.text)")
        let before = try services(directory)
        for (index, signal) in [SIGHUP, SIGUSR2, SIGUSR2].enumerated() {
            kill(server.process.processIdentifier, signal)
            let isDone = await wait(for: 60) {
                server.text.components(separatedBy: #""message":"reloaded""#).count == index + 2
            }
            #expect(isDone, "\(server.text)")
            #expect(try await EmbeddedInstallation.ask(port, "/api/v1/clients", server.token).status == 200)
        }
        #expect(try services(directory) == before)
        // The directory is still taken, and the services end with the server.
        #expect(throws: TestServer.Failure.self) {
            try Tool.timetracker(
                ["serve", "--data-dir", directory, "--bind", "127.0.0.1:0"], EmbeddedInstallation.environment)
        }
        server.process.terminate()
        let hasStopped = await wait(for: 30) { !server.process.isRunning }
        #expect(hasStopped)
        #expect(server.process.terminationStatus == 0)
        #expect((try? Tool.run("pgrep", ["-f", directory + "/postgres"])) == nil)
    }
}
