import CKernel
import Glibc

/// The directory in which embedded mode keeps everything.
struct DataDirectory {
    let path: String

    var postgres: String { path + "/postgres" }
    var redis: String { path + "/redis" }
    var run: String { path + "/run" }
    var secrets: String { path + "/secrets" }
    var logs: String { path + "/log" }
    private var lockFile: String { path + "/timetracker.lock" }

    /// - Parameter path: relative paths count from the current directory.
    init(_ path: String) {
        guard !path.hasPrefix("/") else {
            self.path = Self.trimmed(path)
            return
        }
        let current = getcwd(nil, 0)
        defer { free(current) }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        self.path = Self.trimmed((current.map { String(cString: $0) } ?? "") + "/" + relative)
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Makes the directories; those of the services belong to `account`.
    func create(account: ServiceAccount) throws(SupervisorError) {
        try make(path, 0o755, owner: nil)
        try make(secrets, 0o700, owner: nil)
        for directory in [postgres, redis] { try make(directory, 0o700, owner: account) }
        for directory in [run, logs] { try make(directory, 0o755, owner: account) }
        // Longest name in it: PostgreSQL's socket.
        guard (run + "/.s.PGSQL.5432").utf8.count < 108 else {
            throw SupervisorError("the path \(path) is too long for a Unix socket; choose a shorter --data-dir")
        }
        try account.checkAccess(to: path)
    }

    /// Makes the directory of the archive, which the services' user fills.
    func makeArchive(_ path: String, account: ServiceAccount) throws(SupervisorError) {
        try make(path, 0o700, owner: account)
        try account.checkAccess(to: path)
    }

    private func make(_ directory: String, _ mode: mode_t, owner: ServiceAccount?) throws(SupervisorError) {
        guard mkdir(directory, mode) == 0 || errno == EEXIST else {
            throw SupervisorError("can't make \(directory): \(String(cString: strerror(errno)))")
        }
        if let owner { try owner.own(directory) }
        chmod(directory, mode)
    }

    /// Takes the directory for this process; held until it ends.
    func lock() throws(SupervisorError) -> Int32 {
        let descriptor = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw SupervisorError("can't open \(lockFile): \(String(cString: strerror(errno)))")
        }
        guard kernel_lock_file(descriptor) == 0 else {
            let holder = Self.readLine(descriptor)
            close(descriptor)
            throw SupervisorError("\(path) is in use by another 'timetracker serve' (process \(holder))")
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { pwrite(descriptor, $0, text.utf8.count, 0) }
        return descriptor
    }

    /// Whether a server runs on the directory.
    var isLocked: Bool {
        let descriptor = open(lockFile, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return kernel_lock_file(descriptor) != 0
    }

    private static func readLine(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)).filter { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)
    }

    // MARK: Secrets

    /// A secret that is made once and kept: 48 random letters and digits.
    func secret(_ name: String) throws(SupervisorError) -> String {
        if let text = readSecret(name) { return text }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        var generator = SystemRandomNumberGenerator()
        let text = String(decoding: (0..<48).map { _ in alphabet.randomElement(using: &generator) ?? 0 }, as: UTF8.self)
        try write(text, to: secrets + "/" + name)
        return text
    }

    func readSecret(_ name: String) -> String? {
        guard let file = fopen(secrets + "/" + name, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// Writes a file that only its owner may read, whole or not at all.
    func write(_ text: String, to path: String, owner: ServiceAccount? = nil) throws(SupervisorError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SupervisorError("can't write \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let count = text.withCString { Glibc.write(descriptor, $0, text.utf8.count) }
        guard count == text.utf8.count, fsync(descriptor) == 0 else { throw SupervisorError("can't write \(path)") }
        if let owner { try owner.own(temporary) }
        guard rename(temporary, path) == 0 else { throw SupervisorError("can't write \(path)") }
    }
}
