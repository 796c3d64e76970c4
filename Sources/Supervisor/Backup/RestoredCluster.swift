import Glibc

/// A copied cluster on its way to a state that can be used.
struct RestoredCluster {
    let path: String
    let directory: DataDirectory
    let programs: PostgresPrograms
    let account: ServiceAccount
    let archive: LogArchive?
    /// Whether the installation goes on to fill the archive: then the name of its new time line is to be taken there at once.
    let fillsArchive: Bool
    let until: EmbeddedRestore.Until

    private var log: String { directory.logs + "/restore.log" }

    /// Runs PostgreSQL on it until it has read the log that is wanted, then stops it.
    ///
    /// It always begins a new time line, also where only the backup is wanted: what it writes from now on must not bear the
    /// names of files that the archive has from its earlier life.
    /// - Throws: ``SupervisorError`` with the last lines of its log.
    func recover(_ report: (String) -> Void) throws(SupervisorError) {
        try TextFile.write("", to: path + "/recovery.signal")
        try account.own(path + "/recovery.signal")
        unlink(log)
        let pid = try start()
        try waitUntilReady(pid, report)
        describe(report)
        kill(pid, SIGINT)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let reason = ExitReason(status: status)
        guard reason.code == 0 else { throw failure("PostgreSQL ended with \(reason) after the recovery") }
    }

    private var settings: [String: String] {
        var settings = fillsArchive ? archive?.settings ?? [:] : [:]
        let basic = [
            "listen_addresses": "", "unix_socket_directories": directory.run, "timezone": "UTC", "log_timezone": "UTC",
            "lc_messages": "C",
            // Nobody is let in before the state is the one that is wanted.
            "hot_standby": "off", "recovery_target_action": "promote",
            "restore_command": archive?.restoreCommand ?? "false",
        ]
        settings.merge(basic) { $1 }
        switch until {
        case .backup: settings["recovery_target"] = "immediate"
        case .latest: break
        case .instant(let text):
            // Names of zones are not known yet where PostgreSQL reads this.
            let isUTC = text.hasSuffix("Z") || text.hasSuffix("z")
            settings["recovery_target_time"] = isUTC ? text.dropLast() + "+00" : text
        }
        return settings
    }

    private func start() throws(SupervisorError) -> Int32 {
        let options = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SupervisorError("can't write \(log): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        return try Spawner.spawn(
            account.command([programs.path("postgres"), "-D", path] + options, deathSignal: "INT"),
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            descriptors: [(ours: descriptor, childs: 1), (ours: descriptor, childs: 2)], ownGroup: false)
    }

    private func waitUntilReady(_ pid: Int32, _ report: (String) -> Void) throws(SupervisorError) {
        var last = ""
        while !isReady {
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) != pid else { throw failure(reason()) }
            // Which file of the log it has read.
            if let line = lines().last(where: { $0.contains("restored log file") }), line != last {
                last = line
                report(line)
            }
            usleep(100_000)
        }
    }

    /// As pg_ctl(1) sees it; connecting would fill the log with refusals.
    private var isReady: Bool {
        let lines = (TextFile.read(path + "/postmaster.pid") ?? "").split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && lines[7].hasPrefix("ready")
    }

    /// What PostgreSQL says when it gives up, in this program's words where they are known.
    private func reason() -> String {
        let lines = lines()
        if lines.contains(where: { $0.contains("recovery ended before configured recovery target") }) {
            return "the archive ends before that instant; --until latest restores all it has"
        }
        if lines.contains(where: { $0.contains(#"invalid value for parameter "recovery_target_time""#) }) {
            return "--until has to be an instant such as '2026-03-01 12:00:00+01', or 'latest'"
        }
        return "PostgreSQL could not recover the backup"
    }

    private func describe(_ report: (String) -> Void) {
        if let line = lines().last(where: { $0.contains("last completed transaction was at log time") }) {
            report("the last change is of \(line.split(separator: " log time ").last ?? "")")
        }
    }

    /// The log without times and process ids.
    private func lines() -> [String] {
        (TextFile.readEnd(log) ?? "").split(separator: "\n").map { line in
            String(line.split(separator: "] ", maxSplits: 1).last ?? line)
        }
    }

    private func failure(_ what: String) -> SupervisorError {
        SupervisorError(
            "\(what)\n" + lines().suffix(6).map { "  " + $0 }.joined(separator: "\n") + "\n  (all of it: \(log))")
    }
}
