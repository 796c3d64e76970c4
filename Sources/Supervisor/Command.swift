import Glibc

/// Runs a program to its end.
public enum Command {
    /// - Parameters:
    ///   - secrets: handed over beside the environment.
    ///   - keepsOutput: false discards what it prints.
    /// - Returns: its exit status; 128 + n when signal n ended it.
    public static func run(
        _ arguments: [String], environment: [String: String] = Command.environment, secrets: Secrets? = nil,
        keepsOutput: Bool = true
    ) throws(SupervisorError) -> Int32 {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let silenced: ClosedRange<Int32> = keepsOutput ? 0...0 : 0...2
        let pid = try Spawner.spawn(
            arguments, environment: environment, descriptors: silenced.map { (null, $0) }, secrets: secrets,
            ownGroup: false)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let reason = ExitReason(status: status)
        return reason.code ?? 128 + (reason.signal ?? 0)
    }

    /// This process's environment.
    public static var environment: [String: String] {
        var all: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { all[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return all
    }
}
