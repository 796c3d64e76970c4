/// A directory to which PostgreSQL copies its log of changes (WAL), each file compressed: with a backup they lead to any
/// instant after it (PostgreSQL manual, "Continuous Archiving and Point-in-Time Recovery").
struct LogArchive {
    let path: String

    /// Seconds after which a file that is not full is copied all the same: what a lost disk costs at most.
    private static let timeout = 60

    /// What makes a server fill it. A file is there whole or not at all; one that is there with other content is an error,
    /// because then two databases write to one archive.
    var settings: [String: String] {
        let target = file("%f")
        let compress = "gzip -1 -c %p > \(target).part && sync \(target).part && mv \(target).part \(target)"
        return [
            "archive_mode": "on", "archive_timeout": String(Self.timeout),
            "archive_command": "if [ -e \(target) ]; then gzip -dc \(target) | cmp -s - %p; else \(compress); fi",
        ]
    }

    /// What makes a recovering server read it.
    var restoreCommand: String {
        let source = file("%f")
        return "[ -f \(source) ] && gzip -dc \(source) > \"%p\""
    }

    /// For the shell that PostgreSQL starts, where a per cent sign is PostgreSQL's.
    private func file(_ name: String) -> String {
        let escaped = path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
            .split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
        return "'\(escaped)'/\(name).gz"
    }
}
