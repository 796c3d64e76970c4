import Glibc

/// A program that runs beside the workers for a moment, and what it prints.
final class Probe {
    /// Bytes that are kept of each output.
    private static let maxOutput = 256 * 1024

    let pid: Int32
    /// Monotonic seconds at which it is killed.
    let deadline: Double
    /// How it ended; nil while it runs.
    private(set) var reason: ExitReason?
    private(set) var output: [UInt8] = []
    private var problems: [UInt8] = []
    private var pipes: [Int32]

    /// - Parameter program: file to execute, when that isn't the first argument.
    init(
        _ arguments: [String], program: String? = nil, environment: [String: String], secrets: Secrets?,
        deadline: Double
    ) throws(SupervisorError) {
        let (out, outEnd) = try Self.makePipe()
        let (err, errEnd) = try Self.makePipe()
        defer {
            close(outEnd)
            close(errEnd)
        }
        pipes = [out, err]
        self.deadline = deadline
        do {
            pid = try Spawner.spawn(
                arguments, program: program, environment: environment, descriptors: [(outEnd, 1), (errEnd, 2)],
                secrets: secrets, ownGroup: true)
        } catch {
            close(out)
            close(err)
            throw error
        }
    }

    /// - Returns: our end, which doesn't block, and the child's.
    static func makePipe() throws(SupervisorError) -> (ours: Int32, childs: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SupervisorError("pipe: \(String(cString: strerror(errno)))") }
        let (ours, childs) = (Listener.raise(ends[0]), Listener.raise(ends[1]))
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        return (ours, childs)
    }

    var descriptors: [Int32] { pipes.filter { $0 >= 0 } }

    /// Takes what has been printed.
    func read() {
        for index in pipes.indices where pipes[index] >= 0 {
            var chunk = [UInt8](repeating: 0, count: 16 * 1024)
            while true {
                let count = Glibc.read(pipes[index], &chunk, chunk.count)
                if count == 0 {
                    close(pipes[index])
                    pipes[index] = -1
                }
                guard count > 0 else { break }
                if index == 0 { output += chunk[..<count] } else { problems += chunk[..<count] }
            }
        }
        if output.count > Self.maxOutput || problems.count > Self.maxOutput { kill(-pid, SIGKILL) }
    }

    func ended(_ reason: ExitReason) {
        read()
        for index in pipes.indices where pipes[index] >= 0 {
            close(pipes[index])
            pipes[index] = -1
        }
        self.reason = reason
    }

    /// What it complained of, in one line; how it ended when it said nothing.
    var complaint: String {
        let lines = String(decoding: problems.prefix(4096), as: UTF8.self).split(separator: "\n").map { line in
            var line = line.drop { $0 == " " }
            if line.hasPrefix("timetracker: ") { line = line.dropFirst(13) }
            return String(line)
        }
        guard !lines.isEmpty else { return reason?.description ?? "it did not end in time" }
        let heading = lines[0].hasSuffix(":") ? lines[0] + " " : lines[0] + (lines.count > 1 ? "; " : "")
        return heading + lines.dropFirst().joined(separator: "; ")
    }
}
