import CKernel
import Glibc

/// Starts children by posix_spawn(3): a Swift process must never continue after fork(2).
enum Spawner {
    /// - Parameters:
    ///   - program: file to execute, when that isn't the first argument.
    ///   - descriptors: child's descriptor for each of ours.
    ///   - secrets: become ``Secrets/childDescriptor``.
    ///   - ownGroup: makes the child a process group leader, so that a terminal's ^C doesn't reach it.
    ///
    /// Every other descriptor from 3 up is closed in the child.
    /// - Returns: the child's process id.
    static func spawn(
        _ arguments: [String], program: String? = nil, environment: [String: String],
        descriptors: [(ours: Int32, childs: Int32)], secrets: Secrets? = nil, ownGroup: Bool
    ) throws(SupervisorError) -> Int32 {
        var environment = environment
        var descriptors = descriptors
        if let secrets {
            environment[Secrets.variable] = String(Secrets.childDescriptor)
            descriptors.append((secrets.descriptor, Secrets.childDescriptor))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (ours, childs) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, childs) }
        let first = max(3, (descriptors.map(\.childs).max() ?? 2) + 1)
        for unused in 3..<first where !descriptors.contains(where: { $0.childs == unused }) {
            posix_spawn_file_actions_addclose(&actions, unused)
        }
        kernel_spawn_close_from(&actions, first)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        if ownGroup {
            flags |= POSIX_SPAWN_SETPGROUP
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: Int32 = 0
        let code = posix_spawnp(&pid, program ?? arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            throw SupervisorError("can't start \(arguments[0]): \(String(cString: strerror(code)))")
        }
        return pid
    }
}
