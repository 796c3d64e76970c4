import FoundationEssentials
import Glibc

/// Copies an installation that runs, as it is at one instant, by pg_basebackup(1): files and the log that was written
/// meanwhile. A dump would fit any release of PostgreSQL, but not lead to a later instant, and takes long to load.
public struct EmbeddedBackup {
    private let directory: DataDirectory
    private let programs: PostgresPrograms
    private let target: BackupLayout
    private let partial: BackupLayout

    /// - Parameter target: a directory that doesn't exist yet; it appears when the backup is complete.
    /// - Throws: ``SupervisorError`` when no server runs on the data directory, or there is something at the target.
    public init(dataDirectory: String, target: String) throws(SupervisorError) {
        directory = DataDirectory(dataDirectory)
        guard directory.isLocked else {
            throw SupervisorError(
                "no server runs on \(directory.path): start it, or copy the directory as it is while none runs")
        }
        programs = try PostgresPrograms()
        self.target = BackupLayout(path: DataDirectory(target).path)
        partial = BackupLayout(path: self.target.path + ".partial")
        guard access(self.target.path, F_OK) != 0 else {
            throw SupervisorError("\(self.target.path) exists already; name a new directory for each backup")
        }
        guard access(partial.path, F_OK) != 0 else {
            throw SupervisorError("\(partial.path) is left over from a backup that was broken off; remove it first")
        }
    }

    /// - Parameters:
    ///   - version: of this program.
    ///   - report: called with lines for people.
    /// - Throws: ``SupervisorError``; what has been copied by then stays in the partial directory.
    public func run(version: String, report: (String) -> Void) throws(SupervisorError) {
        guard let password = directory.readSecret("postgres_password") else {
            throw SupervisorError(
                "can't read the secrets in \(directory.secrets); run as the user that runs the server")
        }
        let startedAt = Date.now.formatted(.iso8601)
        for path in [partial.path, partial.path + "/secrets"] {
            guard mkdir(path, 0o700) == 0 else {
                throw SupervisorError("can't make \(path): \(String(cString: strerror(errno)))")
            }
        }
        try copyCluster(password)
        for name in BackupLayout.secrets {
            guard let secret = directory.readSecret(name) else { throw SupervisorError("there is no secret \(name)") }
            try TextFile.write(secret, to: partial.path + "/secrets/" + name)
        }
        report("verifying")
        try partial.verify(programs)
        let description = BackupLayout.Description(
            version: version, startedAt: startedAt, finishedAt: Date.now.formatted(.iso8601),
            postgres: BackupLayout.postgresVersion(partial.cluster) ?? 0, bytes: try TreeCopy.size(partial.cluster),
            firstLogFile: BackupLayout.firstLogFile(partial.cluster) ?? "")
        do { try partial.write(description) } catch { throw SupervisorError("can't write the description: \(error)") }
        sync()
        guard rename(partial.path, target.path) == 0 else {
            throw SupervisorError("can't rename \(partial.path): \(String(cString: strerror(errno)))")
        }
        report("\(target.path): \(description.bytes >> 20) MB as of \(description.finishedAt), verified")
    }

    /// It says itself how far it is.
    private func copyCluster(_ password: String) throws(SupervisorError) {
        let arguments = [
            programs.path("pg_basebackup"), "-D", partial.cluster, "-h", directory.run, "-U", PostgresCluster.user,
            "--no-password", "--wal-method", "stream", "--checkpoint", "fast", "--progress",
            "--label", "timetracker backup",
        ]
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGPASSWORD": password]
        let status = try Command.run(arguments, environment: environment)
        guard status == 0 else { throw SupervisorError("pg_basebackup failed (status \(status))") }
    }
}

extension BackupLayout {
    /// Compares every file with the checksums that were written with the backup, and looks for a gap in the log.
    func verify(_ programs: PostgresPrograms) throws(SupervisorError) {
        let status = try Command.run(
            [programs.path("pg_verifybackup"), "--quiet", cluster],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        guard status == 0 else { throw SupervisorError("the backup in \(path) is damaged: pg_verifybackup says so") }
    }
}
