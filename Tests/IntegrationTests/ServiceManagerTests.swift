import Foundation
import Glibc
import Testing

/// What systemd is told and gives: sd_notify(3), sd_listen_fds(3), the watchdog.
@Suite(.serialized) struct ServiceManagerTests {
    /// The receiving end of NOTIFY_SOCKET.
    private final class Manager {
        let path = "/tmp/tt-notify-\(UInt32.random(in: 1 ... .max)).sock"
        private let descriptor: Int32
        private(set) var messages: [String] = []

        init() throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0)
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// Takes what has come.
        func has(_ state: String, times: Int = 1) -> Bool {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { break }
                messages.append(String(decoding: bytes[..<count], as: UTF8.self))
            }
            return messages.count { $0.split(separator: "\n").contains(state[...]) } >= times
        }
    }

    @Test func theManagerIsToldOfEveryChange() async throws {
        let manager = try Manager()
        let server = try await TestServer.start(
            workers: 1, ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "600000"])
        let isReady = await wait(for: 10) { manager.has("READY=1") }
        #expect(isReady)
        let isWatched = await wait(for: 10) { manager.has("WATCHDOG=1", times: 5) }
        #expect(isWatched)
        for (index, signal) in [SIGHUP, SIGUSR2].enumerated() {
            kill(server.pid, signal)
            let isReloading = await wait(for: 20) { manager.has("RELOADING=1", times: index + 1) }
            let isReadyAgain = await wait(for: 20) { manager.has("READY=1", times: index + 2) }
            #expect(isReloading && isReadyAgain)
        }
        #expect(manager.messages.contains { $0.contains("RELOADING=1\nMONOTONIC_USEC=") })
        // A worker that doesn't beat is not reported as one that does.
        let worker = try #require(server.workerPIDs.first)
        kill(worker, SIGSTOP)
        kill(worker, SIGCONT)
        await server.stop()
        #expect(manager.has("STOPPING=1"))
        #expect(server.exitStatus == 0)
    }

    @Test func socketsOfTheManagerAreAdoptedAndOutliveTheSupervisor() async throws {
        // As systemd does it: the listening socket is descriptor 3 of the process that is named in LISTEN_PID.
        let launcher = URL(fileURLWithPath: "/tmp/tt-launch-\(UInt32.random(in: 1 ... .max))")
        defer { try? FileManager.default.removeItem(at: launcher) }
        try """
        #!/usr/bin/env python3
        import os, socket, sys
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        s.listen(64)
        if s.fileno() != 3:
            os.dup2(s.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ["LISTEN_FDS"] = "1"
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.execv("\(Tool.executable.path)", ["\(Tool.executable.path)"] + sys.argv[1:])
        """.write(to: launcher, atomically: true, encoding: .utf8)
        chmod(launcher.path, 0o755)
        // BIND is not looked at: nobody could listen there.
        try await TestServer.with(workers: 1, ["BIND": "192.0.2.1:1"], executable: launcher) { server async throws in
            #expect(try await server.get("/api/v1/users/me").status == 200)
            kill(server.pid, SIGUSR2)
            let isDone = await wait(for: 30) { server.log.contains(#""message":"reloaded""#) }
            #expect(isDone)
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }

    /// A Service of the server's own name makes variables that look like the server's.
    @Test func serviceLinksDoNotStopTheStart() async throws {
        let links = [
            "TIMETRACKER_PORT": "tcp://10.0.0.1:80", "TIMETRACKER_PORT_80_TCP": "tcp://10.0.0.1:80",
            "TIMETRACKER_PORT_80_TCP_ADDR": "10.0.0.1", "TIMETRACKER_PORT_80_TCP_PORT": "80",
            "TIMETRACKER_PORT_80_TCP_PROTO": "tcp", "TIMETRACKER_SERVICE_HOST": "10.0.0.1",
            "TIMETRACKER_SERVICE_PORT": "80", "TIMETRACKER_SERVICE_PORT_HTTP": "80",
        ]
        try await TestServer.with(workers: 1, links) { server async throws in
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }

    /// Every secret may stand in a file, and a changed file counts from the next reload. Forms that are open stay good for as
    /// long as the key that signed them is SECRET_KEY or SECRET_KEY_PREVIOUS.
    @Test func keysAreRotatedWithoutSigningAnybodyOut() async throws {
        let keys = [
            "fedcba9876543210fedcba9876543210", "00112233445566778899aabbccddeeff", "zyxwvutsrqponmlkjihgfedcba987654",
        ]
        let files = (0..<2).map { URL(fileURLWithPath: "/tmp/tt-key-\($0)-\(UInt32.random(in: 1 ... .max))") }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        func write(_ current: String, _ previous: String) throws {
            for (file, key) in zip(files, [current, previous]) {
                try key.write(to: file, atomically: true, encoding: .utf8)
                chmod(file.path, 0o600)
            }
        }
        try write(keys[0], keys[2])
        let settings = [
            "SECRET_KEY": "", "SECRET_KEY_FILE": files[0].path, "SECRET_KEY_PREVIOUS_FILE": files[1].path,
        ]
        try await TestServer.with(workers: 1, settings) { server async throws in
            func rotate(_ current: String, _ previous: String) async throws {
                try write(current, previous)
                let before = server.log.components(separatedBy: #""message":"reloaded""#).count
                kill(server.pid, SIGHUP)
                let isDone = await wait(for: 30) {
                    server.log.components(separatedBy: #""message":"reloaded""#).count > before
                }
                #expect(isDone)
            }
            let forms = [Browser(server), Browser(server)]
            for form in forms { _ = try await form.get("/login") }
            let signedIn = Browser(server)
            #expect(try await signedIn.signIn().status == 303)
            let fields = [("username", "admin"), ("password", TestServer.password)]
            try await rotate(keys[1], keys[0])
            #expect(try await forms[0].post("/login", fields).header("location") == "/dashboard")
            try await rotate(keys[2], keys[1])
            #expect(try await forms[1].post("/login", fields).header("location") != "/dashboard")
            #expect(try await signedIn.get("/dashboard").status == 200)
        }
    }
}
