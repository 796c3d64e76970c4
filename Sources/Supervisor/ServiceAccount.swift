import Glibc

/// The user that embedded services run as: PostgreSQL refuses to run as root.
struct ServiceAccount {
    /// Nil = we are no root and stay who we are.
    let name: String?
    private let uid: uid_t
    private let gid: gid_t

    init() throws(SupervisorError) {
        guard geteuid() == 0 else {
            (name, uid, gid) = (nil, geteuid(), getegid())
            return
        }
        guard let entry = getpwnam("postgres") else {
            throw SupervisorError(
                "started as root, embedded PostgreSQL runs as the user 'postgres', which doesn't exist; install postgresql-15"
            )
        }
        (name, uid, gid) = ("postgres", entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// The command line that runs `arguments` as this user, and ends it by `deathSignal` when the supervisor dies.
    func command(_ arguments: [String], deathSignal: String? = nil) -> [String] {
        var prefix = ["setpriv"]
        if let name { prefix += ["--reuid", name, "--regid", name, "--init-groups", "--inh-caps=-all"] }
        if let deathSignal { prefix += ["--pdeathsig", deathSignal] }
        return prefix.count > 1 ? prefix + arguments : arguments
    }

    func own(_ path: String) throws(SupervisorError) {
        guard name == nil || chown(path, uid, gid) == 0 else {
            throw SupervisorError("can't give \(path) to \(name ?? ""): \(String(cString: strerror(errno)))")
        }
    }

    /// The services must be able to walk down to their directories.
    func checkAccess(to path: String) throws(SupervisorError) {
        guard let name else { return }
        let status = try Command.run(command(["test", "-x", path]), keepsOutput: false)
        guard status == 0 else {
            throw SupervisorError(
                "the user '\(name)' can't reach \(path), and PostgreSQL doesn't run as root; choose another --data-dir, such as /var/lib/timetracker"
            )
        }
    }
}
