import FoundationEssentials
import Glibc

/// A backup of embedded mode as it lies on disk: the cluster as pg_basebackup(1) has copied it, and the secrets without
/// which its rows are of no use.
struct BackupLayout {
    /// What the backup says of itself; written last, so that what has none is no backup.
    struct Description: Codable {
        /// Of the program that made it.
        var version: String
        var startedAt: String
        /// The restored database is as it was then.
        var finishedAt: String
        /// Major version of PostgreSQL: another one can't read the files.
        var postgres: Int
        var bytes: UInt64
        /// The oldest file of an archive that this backup needs, for pg_archivecleanup(1).
        var firstLogFile: String
    }

    /// Secrets that belong to the data.
    static let secrets = ["secret_key", "postgres_password"]

    let path: String

    var cluster: String { path + "/postgres" }
    var manifest: String { cluster + "/backup_manifest" }
    private var description: String { path + "/backup.json" }

    /// - Throws: ``SupervisorError`` when there is no complete backup.
    func read() throws(SupervisorError) -> Description {
        guard let bytes = TextFile.read(description) else {
            throw SupervisorError("\(path) holds no backup, or one that was broken off: there is no backup.json")
        }
        do {
            return try JSONDecoder().decode(Description.self, from: Data(bytes.utf8))
        } catch {
            throw SupervisorError("\(description) is damaged")
        }
    }

    func write(_ value: Description) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        try TextFile.write(text, to: description)
    }

    /// Major version that wrote the files of a cluster.
    static func postgresVersion(_ cluster: String) -> Int? {
        TextFile.read(cluster + "/PG_VERSION").flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// Name of the log file with which recovery begins, from the backup's label.
    static func firstLogFile(_ cluster: String) -> String? {
        guard let label = TextFile.read(cluster + "/backup_label"),
            let line = label.split(separator: "\n").first(where: { $0.hasPrefix("START WAL LOCATION") }),
            let name = line.split(separator: "(file ").last
        else { return nil }
        return String(name.prefix { $0.isHexDigit })
    }
}

/// Small files.
enum TextFile {
    /// - Returns: nil when it can't be read, is not UTF-8, or larger than 64 KiB.
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_537)
        let count = fread(&bytes, 1, bytes.count, file)
        return count < bytes.count ? String(validating: bytes[..<count], as: UTF8.self) : nil
    }

    /// The last 64 KiB at most; what is cut off at their beginning may be no whole character.
    static func readEnd(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        if fseek(file, -65_536, SEEK_END) != 0 { rewind(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    }

    /// Readable by its owner alone; on disk when this returns.
    static func write(_ text: String, to path: String) throws(SupervisorError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SupervisorError("can't write \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let count = text.withCString { Glibc.write(descriptor, $0, text.utf8.count) }
        guard count == text.utf8.count, fsync(descriptor) == 0 else { throw SupervisorError("can't write \(path)") }
    }
}
