import ArgumentParser
import Supervisor
import TimeTracker

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the embedded database while it serves.",
        discussion: """
            The directory must not exist yet; it appears when the backup is complete and has been verified. It holds the state at \
            the end of the copy, and the secrets: keep it like the database. A database of your own (DATABASE_URL) is backed up \
            with PostgreSQL's programs; see Documentation/operations.md.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "New directory for the backup.")
    var directory: String

    func run() throws {
        let configuration = try common.load()
        guard configuration.isEmbedded else { throw Self.notEmbedded }
        do {
            let backup = try EmbeddedBackup(dataDirectory: configuration.dataDirectory, target: directory)
            try backup.run(version: configuration.version) { Terminal.note($0) }
        } catch {
            throw Terminal.failure(error.description)
        }
    }

    static var notEmbedded: ExitCode {
        Terminal.failure(
            "DATABASE_URL names a database of your own: use pg_dump and pg_restore, or pg_basebackup, as operations.md says"
        )
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make the embedded database anew from a backup.",
        discussion: """
            The server must not run. Without --until the database is as it was when the backup ended. With WAL_ARCHIVE_DIR or \
            --archive any later instant can be reached too. What is there now is kept until the restored database has started \
            once, and then put aside with --replace.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "Directory that 'timetracker backup' has made.")
    var directory: String

    @Option(help: "Directory of another installation's archived log, only read; without it WAL_ARCHIVE_DIR.")
    var archive: String?

    @Option(
        help:
            "Restore the state at this instant, such as '2026-03-01 12:00:00+01', or 'latest' for all that is archived."
    )
    var until: String?

    @Flag(help: "Put a database that is there aside.")
    var replace = false

    func run() throws {
        let configuration = try common.load()
        guard configuration.isEmbedded else { throw BackupCommand.notEmbedded }
        let state: EmbeddedRestore.Until =
            switch until {
            case nil: .backup
            case "latest": .latest
            case let text?: .instant(text)
            }
        do {
            let restore = try EmbeddedRestore(
                backup: directory, dataDirectory: configuration.dataDirectory,
                archive: archive ?? configuration.walArchiveDirectory, fillsArchive: archive == nil, until: state,
                replaces: replace)
            try restore.run { Terminal.note($0) }
        } catch {
            throw Terminal.failure(error.description)
        }
    }
}
