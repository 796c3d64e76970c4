import CKernel
import Foundation
import Glibc
import Synchronization
import TestSupport

/// Programs that tests run.
enum Tool {
    /// The server's program, built beside the tests.
    static let executable: URL = {
        var directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appendingPathComponent("timetracker")
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isDirectory), !isDirectory.boolValue
            {
                return candidate
            }
            directory.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: ".build/release/timetracker")
    }()

    /// - Returns: standard output without its last line end.
    @discardableResult
    static func timetracker(_ arguments: [String], _ environment: [String: String]) throws -> String {
        try run(executable.path, arguments, environment)
    }

    /// - Returns: standard output without line ends around it.
    /// - Throws: ``TestServer/Failure`` with standard error when the program ends with another status than 0.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], _ environment: [String: String]? = nil) throws -> String {
        let output = try OwnPipe()
        let errors = try OwnPipe()
        let pid = try Spawn.start(
            program, arguments, environment, output: output.writing, errors: errors.writing)
        output.closeWriting()
        errors.closeWriting()
        let texts = OwnPipe.readAll([output, errors])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw TestServer.Failure(
                description: "\(program) \(arguments.first ?? ""): \(Spawn.describe(status)): \(texts[1])")
        }
        return texts[0].trimmingCharacters(in: .newlines)
    }
}

/// Starting programs without the run loop that Foundation's `Process` waits in.
enum Spawn {
    /// - Parameters:
    ///   - program: a path, or a name to be looked for in PATH.
    ///   - environment: nil = this process's.
    /// - Returns: the child's process id; it has to be waited for.
    static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String]?, output: Int32? = nil,
        errors: Int32? = nil
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
        // Other tests' sockets and pipes are none of the child's.
        kernel_spawn_close_from(&actions, 3)
        // The threads of Dispatch block signals, which a child would go on with.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let variables = environment.map { $0.map { "\($0.key)=\($0.value)" } }
        var pid: pid_t = 0
        let code = withStrings([program] + arguments) { argv in
            guard let variables else { return posix_spawnp(&pid, program, &actions, &attributes, argv, environ) }
            return withStrings(variables) { posix_spawnp(&pid, program, &actions, &attributes, argv, $0) }
        }
        guard code == 0 else {
            throw TestServer.Failure(description: "\(program): \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// - Parameter status: of waitpid(2).
    static func describe(_ status: Int32) -> String {
        status & 0x7f == 0 ? "status \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}

/// A program that runs beside the test.
final class Daemon: Sendable {
    let pid: Int32
    private let status = Mutex<Int32?>(nil)
    private let end = DispatchGroup()

    /// - Parameter errors: descriptor for standard error.
    init(_ program: String, _ arguments: [String], _ environment: [String: String], errors: Int32) throws {
        // It may outlive this process, whose output somebody waits for the end of.
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        pid = try Spawn.start(program, arguments, environment, output: nowhere, errors: errors)
        end.enter()
        let thread = Thread { [self] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            self.status.withLock { $0 = status }
            end.leave()
        }
        thread.stackSize = 1 << 18
        thread.start()
    }

    /// As waitpid(2) tells it; nil while it runs.
    var endStatus: Int32? { status.withLock { $0 } }

    func signal(_ number: Int32) {
        // The number could be another process's once this one has been waited for.
        status.withLock { if $0 == nil { kill(pid, number) } }
    }

    /// - Returns: false when it still runs after the seconds.
    func ends(within seconds: Double) async -> Bool {
        let end = end
        return (try? await blocking { end.wait(timeout: .now() + seconds) == .success }) ?? false
    }
}

/// A pipe; children are started without it but for what they are given.
struct OwnPipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw TestServer.Failure(description: "pipe: \(String(cString: strerror(errno)))")
        }
        (reading, writing) = (ends[0], ends[1])
    }

    func closeWriting() { close(writing) }

    /// Reads all at once, so that no writer waits for another, until everybody has closed them; closes them.
    static func readAll(_ pipes: [OwnPipe]) -> [String] {
        var bytes = [[UInt8]](repeating: [], count: pipes.count)
        var polled = pipes.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while polled.contains(where: { $0.fd >= 0 }) {
            poll(&polled, nfds_t(polled.count), -1)
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &chunk, chunk.count)
                if count > 0 {
                    bytes[index] += chunk[..<count]
                } else if count == 0 || errno != EINTR {
                    close(polled[index].fd)
                    polled[index].fd = -1
                }
            }
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
