import Foundation
import Testing

/// `timetracker backup` and `restore`: online, verified, to the backup's state and to any instant after it.
@Suite(.serialized) struct BackupTests {
    private let work = "/tmp/tt-bak-\(UInt32.random(in: 1 ... .max))"

    private var data: String { work + "/data" }
    private var archive: String { work + "/archive" }
    private var settings: [String: String] {
        [
            "WAL_ARCHIVE_DIR": archive, "API_TOKEN_RATE_LIMIT_PER_MINUTE": "100000",
            "API_TOKEN_RATE_LIMIT_PER_HOUR": "100000",
        ]
    }

    private func run(_ arguments: String...) throws {
        try Tool.timetracker(arguments, EmbeddedInstallation.environment.merging(settings) { $1 })
    }

    private func started(_ directory: String) async throws -> (server: EmbeddedInstallation, port: Int) {
        let server = try EmbeddedInstallation(directory, settings)
        return (server, try #require(await server.port(), "\(server.text)"))
    }

    private func create(_ name: String, _ port: Int, _ token: String) async throws {
        let reply = try await EmbeddedInstallation.ask(port, "/api/v1/clients", token, #"{"name":"\#(name)"}"#)
        #expect(reply.status == 201)
    }

    /// Starts a server on the directory, asks for the clients' names and stops it.
    private func names(_ directory: String, _ token: String) async throws -> [String] {
        let (server, port) = try await started(directory)
        let list = try await EmbeddedInstallation.ask(port, "/api/v1/clients", token).json["clients"]
        let names = (0..<5).compactMap { list[$0]["name"].string }
        #expect(await server.stop())
        return names.sorted()
    }

    @Test func aBackupRestoresItsOwnStateAndAnyLaterInstant() async throws {
        try Tool.run("mkdir", [work])
        defer { _ = try? Tool.run("rm", ["-rf", work]) }
        let (server, port) = try await started(data)
        let token = server.token
        try await create("before", port, token)
        // Entries are written all the while.
        let writer = Task {
            var count = 0
            while !Task.isCancelled {
                _ = try? await EmbeddedInstallation.ask(
                    port, "/api/v1/projects", token, #"{"name":"p\#(count)"}"#)
                count += 1
            }
            return count
        }
        try run("backup", work + "/first", "--data-dir", data)
        writer.cancel()
        #expect(await writer.value > 0)
        for part in ["backup.json", "postgres/backup_manifest", "secrets/secret_key", "secrets/postgres_password"] {
            #expect(FileManager.default.fileExists(atPath: work + "/first/" + part))
        }
        let again = #expect(throws: TestServer.Failure.self) { try run("backup", work + "/first", "--data-dir", data) }
        #expect(again?.description.contains("exists already") == true)

        try await create("after", port, token)
        try await Task.sleep(for: .seconds(1.1))
        let instant = Date.now.addingTimeInterval(-0.5).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        try await create("too late", port, token)
        let running = #expect(throws: TestServer.Failure.self) {
            try run("restore", work + "/first", "--data-dir", data, "--replace")
        }
        #expect(running?.description.contains("in use by another") == true)
        #expect(await server.stop())

        let occupied = #expect(throws: TestServer.Failure.self) {
            try run("restore", work + "/first", "--data-dir", data)
        }
        #expect(occupied?.description.contains("--replace") == true)
        // Each is refused before the database that is there is touched.
        for (until, reason) in [
            ("2099-01-01 00:00+00", "the archive ends before"), ("tomorrow-ish", "instant such as"),
        ] {
            let refused = #expect(throws: TestServer.Failure.self) {
                try run("restore", work + "/first", "--data-dir", data, "--replace", "--until", until)
            }
            #expect(refused?.description.contains(reason) == true, "\(until): \(refused?.description ?? "")")
        }
        #expect(try await names(data, token) == ["after", "before", "too late"])

        // On another machine, so to say, which only reads the archive: tokens work there, so the secrets came along.
        try Tool.timetracker(
            ["restore", work + "/first", "--data-dir", work + "/second"], EmbeddedInstallation.environment)
        let trial = try EmbeddedInstallation(work + "/second")
        let trialPort = try #require(await trial.port(), "\(trial.text)")
        let list = try await EmbeddedInstallation.ask(trialPort, "/api/v1/clients", token).json["clients"]
        #expect(list[0]["name"].string == "before" && list[1]["name"].string == nil)
        #expect(await trial.stop())

        try run("restore", work + "/first", "--data-dir", data, "--replace", "--until", instant)
        #expect(try await names(data, token) == ["after", "before"])
        // What is written after a restore is archived under a new time line, which 'latest' follows.
        let (restored, newPort) = try await started(data)
        try await create("second life", newPort, token)
        #expect(await restored.stop())
        try run("restore", work + "/first", "--data-dir", work + "/third", "--until", "latest")
        #expect(try await names(work + "/third", token) == ["after", "before", "second life"])
    }

    @Test func aDamagedOrUnfinishedBackupIsRefused() async throws {
        try Tool.run("mkdir", [work])
        defer { _ = try? Tool.run("rm", ["-rf", work]) }
        let stopped = #expect(throws: TestServer.Failure.self) { try run("backup", work + "/b", "--data-dir", data) }
        #expect(stopped?.description.contains("no server runs") == true)
        let (server, _) = try await started(data)
        try run("backup", work + "/b", "--data-dir", data)
        #expect(await server.stop())

        let file = work + "/b/postgres/global/pg_control"
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.seek(toOffset: 100)
        try handle.write(contentsOf: Data([0xFF]))
        try handle.close()
        let damaged = #expect(throws: TestServer.Failure.self) {
            try run("restore", work + "/b", "--data-dir", work + "/other")
        }
        #expect(damaged?.description.contains("is damaged") == true)
        try Tool.run("rm", [work + "/b/backup.json"])
        let unfinished = #expect(throws: TestServer.Failure.self) {
            try run("restore", work + "/b", "--data-dir", work + "/other")
        }
        #expect(unfinished?.description.contains("broken off") == true)
    }
}
