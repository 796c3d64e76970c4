import FoundationEssentials
import Glibc

/// Makes the database of an installation anew from a backup, and perhaps from the log that was archived since. What was there
/// is only put aside when the restored database has started and stopped.
public struct EmbeddedRestore {
    /// Which state is wanted.
    public enum Until: Equatable, Sendable {
        /// As it was when the backup ended.
        case backup
        /// As late as the archive reaches.
        case latest
        /// As PostgreSQL reads instants, such as `2026-03-01 12:00:00+01` or `2026-03-01T11:00:00Z`; UTC without an offset.
        case instant(String)
    }

    private let source: BackupLayout
    private let description: BackupLayout.Description
    private let directory: DataDirectory
    private let programs: PostgresPrograms
    private let account: ServiceAccount
    private let archive: LogArchive?
    private let fillsArchive: Bool
    private let until: Until

    private var staging: String { directory.path + "/postgres.restoring" }

    /// - Parameters:
    ///   - archive: the directory of the archived log.
    ///   - fillsArchive: whether it is this installation's own, `WAL_ARCHIVE_DIR`; else it is only read, so that a restore
    ///     on trial leaves no trace in it.
    ///   - replaces: whether a database that is there may be put aside.
    /// - Throws: ``SupervisorError`` when the backup can't be used here.
    public init(
        backup: String, dataDirectory: String, archive: String?, fillsArchive: Bool, until: Until, replaces: Bool
    )
        throws(SupervisorError)
    {
        source = BackupLayout(path: DataDirectory(backup).path)
        directory = DataDirectory(dataDirectory)
        programs = try PostgresPrograms()
        account = try ServiceAccount()
        self.archive = archive.map { LogArchive(path: DataDirectory($0).path) }
        self.fillsArchive = fillsArchive
        self.until = until
        description = try source.read()
        guard description.postgres == programs.version else {
            throw SupervisorError(
                "the backup was made by PostgreSQL \(description.postgres), but \(programs.version) is installed")
        }
        if until != .backup, archive == nil {
            throw SupervisorError("a later state than the backup's needs the archive: --archive, or WAL_ARCHIVE_DIR")
        }
        guard replaces || access(directory.postgres + "/PG_VERSION", F_OK) != 0 else {
            throw SupervisorError("\(directory.path) has a database already; --replace puts it aside")
        }
    }

    /// - Parameter report: called with lines for people.
    /// - Throws: ``SupervisorError``; the database that was there before is untouched then.
    public func run(report: (String) -> Void) throws(SupervisorError) {
        try directory.create(account: account)
        let lock = try directory.lock()
        defer { close(lock) }
        report("verifying \(source.path)")
        try source.verify(programs)
        try removeTree(staging)
        try copy(report)
        try RestoredCluster(
            path: staging, directory: directory, programs: programs, account: account, archive: archive,
            fillsArchive: fillsArchive, until: until
        ).recover(report)
        for name in BackupLayout.secrets {
            guard let secret = TextFile.read(source.path + "/secrets/" + name) else {
                throw SupervisorError("the backup lacks the secret \(name)")
            }
            try directory.write(secret, to: directory.secrets + "/" + name)
        }
        try takePlace(report)
        sync()
        report("\(directory.path) is restored; start it with 'timetracker serve --data-dir \(directory.path)'")
    }

    private func copy(_ report: (String) -> Void) throws(SupervisorError) {
        let total = try TreeCopy.size(source.cluster)
        var next = time(nil) + 1
        var copy = TreeCopy(owner: account)
        try copy.copy(source.cluster, to: staging) { copied in
            guard time(nil) >= next else { return }
            next = time(nil) + 1
            report("copied \(copied >> 20) of \(total >> 20) MB")
        }
        report("copied \(total >> 20) MB")
    }

    /// What Redis holds was counted and cached beside another state of the database: replies that it would repeat may be
    /// of entries that are no more.
    private func takePlace(_ report: (String) -> Void) throws(SupervisorError) {
        if access(directory.postgres + "/PG_VERSION", F_OK) == 0 {
            let stamp = Date.now.formatted(.iso8601).filter { $0.isNumber || $0 == "T" }
            let aside = directory.postgres + ".before-" + stamp
            guard rename(directory.postgres, aside) == 0 else { throw failure("rename", directory.postgres) }
            report("the database that was there is in \(aside)")
        } else {
            rmdir(directory.postgres)
        }
        guard rename(staging, directory.postgres) == 0 else { throw failure("rename", staging) }
        try removeTree(directory.redis)
    }

    private func removeTree(_ path: String) throws(SupervisorError) {
        guard try Command.run(["rm", "-rf", "--", path], environment: ["PATH": "/usr/bin:/bin"]) == 0 else {
            throw SupervisorError("can't remove \(path)")
        }
    }

    private func failure(_ verb: String, _ path: String) -> SupervisorError {
        SupervisorError("can't \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
