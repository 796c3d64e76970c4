import Foundation
import Glibc
import Testing

/// Where secrets come from, and where they must not be found.
@Suite(.serialized) struct SecretHandlingTests {
    private static let password = "not for anybody 1"
    private static let key = "fedcba9876543210fedcba9876543210"
    private static let releases = "ghp_abcdefghijklmnop"

    private func environment(of pid: Int32) -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, mode: Int = 0o600) throws -> String {
        let path = "/tmp/tt-secret-\(UInt32.random(in: 1 ... .max))"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test func noProcessHasThemInItsEnvironment() async throws {
        let settings = [
            "ADMIN_USERNAME": "chief", "ADMIN_PASSWORD": Self.password, "SECRET_KEY": Self.key,
            "GITHUB_RELEASES_TOKEN": Self.releases,
        ]
        try await TestServer.with(workers: 2, isSetUp: false, settings) { server async throws in
            let jobs = try #require(server.jobsPID)
            let workers = server.workerPIDs
            #expect(workers.count == 2)
            for pid in workers + [jobs, server.pid] {
                let environment = environment(of: pid)
                #expect(environment.contains("PATH="))
                for secret in [Self.password, Self.key, Self.releases, "postgresql://", "unix:///"] {
                    #expect(!environment.contains(secret), "\(pid) \(secret)")
                }
                // What they were handed over in has been closed; the supervisor keeps it for the next worker, and what it
                // was given itself for the next reload.
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").filter { file in
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(file)")
                    return target?.contains("timetracker-secrets") == true
                }
                #expect(open.count == (pid == server.pid ? 2 : 0))
            }
            // All the same they have what they need.
            #expect(try await Browser(server).signIn("chief", Self.password).status == 303)
            let victim = try #require(workers.first)
            kill(victim, SIGKILL)
            let isBack = await wait(for: 10) { server.workerPIDs.count == 2 && !server.workerPIDs.contains(victim) }
            #expect(isBack)
            #expect(try await Browser(server).signIn("chief", Self.password).status == 303)
        }
    }

    @Test func embeddedServicesDoNotKnowThemEither() async throws {
        let directory = "/tmp/tt-sec-\(UInt32.random(in: 1 ... .max))"
        let output = URL(fileURLWithPath: directory + ".out")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { _ = try? Tool.run("rm", ["-rf", directory, output.path]) }
        let process = Process()
        process.executableURL = Tool.executable
        process.arguments = ["serve", "--data-dir", directory, "--bind", "127.0.0.1:0"]
        process.environment = [
            "PATH": "/usr/bin:/bin:/usr/sbin", "WORKERS": "1", "LOG_FORMAT": "json", "ADMIN_PASSWORD": Self.password,
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: output)
        try process.run()
        func text() -> String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
        await wait(for: 60) { text().contains("\"serving\"") || !process.isRunning }
        let port = try #require(text().firstMatch(of: #/"serving","addresses":"http:\/\/127.0.0.1:(\d+)/#)).1
        let made = try String(contentsOfFile: directory + "/secrets/postgres_password", encoding: .utf8)
        let parent = process.processIdentifier
        let children = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
        let all = children.split(separator: " ").compactMap { Int32($0) } + [parent]
        // PostgreSQL, Redis, a worker, the jobs process and their parent.
        #expect(all.count >= 5)
        for pid in all {
            let environment = environment(of: pid)
            #expect(!environment.contains(Self.password) && !environment.contains(made), "\(pid)")
            #expect(!environment.contains("PGPASSWORD"), "\(pid)")
        }
        // The password has done its work: the setup is complete, and opens the door.
        let reply = try await blocking {
            let connection = try HTTPConnectionClient(port: Int(port) ?? 0)
            let body = #"{"username":"admin","password":"\#(Self.password)"}"#
            try connection.send(
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            return try connection.receive()
        }
        #expect(reply.status == 200)
        process.terminate()
        let hasStopped = await wait(for: 30) { !process.isRunning }
        #expect(hasStopped)
    }

    @Test func filesHoldThem() async throws {
        let key = try write(Self.key + "\n")
        defer { unlink(key) }
        try await TestServer.with(workers: 1, ["SECRET_KEY": "", "SECRET_KEY_FILE": key]) { server async throws in
            #expect(try await Browser(server).signIn().status == 303)
            let shown = try server.cli("config")
            #expect(shown.contains(#/SECRET_KEY +\*+ +file of its own/#) && !shown.contains(Self.key))
            #expect(shown.contains(#/SECRET_KEY_FILE +\/tmp\/tt-secret-\d+ +environment/#))
            // Signed by the same key as one from the environment.
            let browser = Browser(server)
            _ = try await browser.get("/login")
            #expect(!browser.csrfToken.isEmpty)
        }
        let password = try write(Self.password + "\r\n")
        defer { unlink(password) }
        try await TestServer.with(workers: 1, isSetUp: false, ["ADMIN_PASSWORD_FILE": password]) {
            server async throws in
            #expect(try await Browser(server).signIn("admin", Self.password).status == 303)
        }
    }

    @Test func badFilesAreProblems() async throws {
        let good = try write(Self.key)
        let empty = try write("\n")
        defer { for path in [good, empty] { unlink(path) } }
        for (settings, part) in [
            (["SECRET_KEY_FILE": good], "SECRET_KEY and SECRET_KEY_FILE are both set"),
            (
                ["SECRET_KEY": "", "SECRET_KEY_FILE": "/nonexistent/key"],
                "can't be read: /nonexistent/key: No such file"
            ),
            (["SECRET_KEY": "", "SECRET_KEY_FILE": "/tmp"], "can't be read: /tmp"),
            (["SECRET_KEY": "", "SECRET_KEY_FILE": empty], "SECRET_KEY_FILE names an empty file"),
            (["DATABASE_URL": "", "DATABASE_URL_FILE": good], "DATABASE_URL_FILE must begin with postgresql://"),
        ] {
            let problem = await #expect(throws: TestServer.Failure.self) {
                try await TestServer.with(settings) { _ in }
            }
            #expect(problem?.description.contains("status 78") == true, "\(settings)")
            #expect(problem?.description.contains(part) == true, "\(problem?.description ?? "")")
            #expect(problem?.description.contains("SECRET_KEY is required") == false)
            #expect(problem?.description.contains(Self.key) == false)
        }
    }
}
