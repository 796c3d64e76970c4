import Foundation
import Glibc
import Testing

/// Workers that die before they serve: one clear line and an end, where nobody serves; patience, where somebody does.
@Suite(.serialized) struct CrashLoopTests {
    /// A library that makes workers end as soon as they start, while the file `path` + ".on" exists.
    private func makeTrap(_ path: String) throws {
        let source = """
            #include <string.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <unistd.h>
            __attribute__((constructor)) static void trap(void) {
                char line[4096];
                FILE *file = fopen("/proc/self/cmdline", "r");
                if (!file) return;
                size_t count = fread(line, 1, sizeof line - 1, file);
                fclose(file);
                line[count] = 0;
                const char *second = memchr(line, 0, count);
                if (second && !strcmp(second + 1, "worker") && !access("\(path).on", F_OK)) _exit(3);
            }
            """
        try source.write(toFile: path + ".c", atomically: true, encoding: .utf8)
        try Tool.run("clang", ["-shared", "-fPIC", "-o", path, path + ".c"], ProcessInfo.processInfo.environment)
    }

    @Test func theSupervisorGivesUpWhenNobodyServes() async throws {
        let trap = "/tmp/tt-trap-\(UInt32.random(in: 1 ... .max)).so"
        defer { _ = try? Tool.run("sh", ["-c", "rm -f \(trap)*"]) }
        try makeTrap(trap)
        try await TestServer.with(workers: 2, ["LD_PRELOAD": trap]) { server in
            // What has been good is kept; what starts from now on dies.
            _ = FileManager.default.createFile(atPath: trap + ".on", contents: nil)
            let (first, second) = (server.workerPIDs[0], server.workerPIDs[1])
            kill(first, SIGKILL)
            await wait(for: 30) { server.log.components(separatedBy: "worker died").count > 4 }
            // The other one serves: restarts go on, at growing distances, and requests are answered.
            #expect(server.exitStatus == nil)
            #expect(!server.log.contains("giving up"))
            let reply = try await server.get("/api/v1/users/me")
            #expect(reply.status == 200)

            kill(second, SIGKILL)
            let hasEnded = await wait(for: 60) { server.exitStatus != nil }
            #expect(hasEnded && server.exitStatus == 1)
            let lines = server.log.split(separator: "\n").filter { $0.contains("giving up") }
            #expect(lines.count == 1 && lines.first?.contains("\"level\":\"critical\"") == true)
            // Each death is told with its reason, and the delays grow.
            let deaths = server.log.split(separator: "\n").filter { $0.contains("\"message\":\"worker died\"") }
            #expect(deaths.contains { $0.contains("exit status 3") })
            let delays = deaths.compactMap { line in
                line.firstMatch(of: /"restart_in_s":"([0-9.]+)"/).flatMap { Double($0.1) }
            }
            #expect((delays.max() ?? 0) > 3 * (delays.min() ?? 1))
        }
    }

    @Test func theyComeBackWhenTheCauseIsGone() async throws {
        let trap = "/tmp/tt-trap-\(UInt32.random(in: 1 ... .max)).so"
        defer { _ = try? Tool.run("sh", ["-c", "rm -f \(trap)*"]) }
        try makeTrap(trap)
        try await TestServer.with(workers: 2, ["LD_PRELOAD": trap]) { server in
            _ = FileManager.default.createFile(atPath: trap + ".on", contents: nil)
            kill(server.workerPIDs[0], SIGKILL)
            await wait(for: 10) { server.log.contains("exit status 3") }
            try Tool.run("rm", [trap + ".on"])
            let isWhole = await wait(for: 30) { server.workerPIDs.count == 2 }
            #expect(isWhole && server.exitStatus == nil)
            let reply = try await server.get("/api/v1/users/me")
            #expect(reply.status == 200)
        }
    }
}
