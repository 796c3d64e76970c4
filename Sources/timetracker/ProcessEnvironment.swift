import FoundationEssentials
import Glibc
import Supervisor

/// The environment as commands read their configuration from it.
enum ProcessEnvironment {
    /// What a supervisor has handed over beside the environment; it can be read once.
    private static let inherited: [String: String] = {
        let descriptor = ProcessInfo.processInfo.environment[Secrets.variable].flatMap { Int32($0) }
        return descriptor.map(Secrets.take) ?? [:]
    }()

    /// The variables, and among them the secrets that a supervisor has handed over.
    static func read() -> [String: String] {
        ProcessInfo.processInfo.environment.merging(inherited) { _, secret in secret }
    }

    /// Takes variables out of this process's environment, and out of what `/proc/PID/environ` shows of it, which is the
    /// memory that the process was started with. Only before there are threads.
    static func forget(_ names: some Sequence<String>) {
        for name in names {
            var entries: [UnsafeMutablePointer<CChar>] = []
            var entry = environ
            while let text = entry.pointee {
                if strncmp(text, name + "=", name.utf8.count + 1) == 0 { entries.append(text) }
                entry += 1
            }
            unsetenv(name)
            for text in entries { memset(text, 0, strlen(text)) }
        }
    }
}
