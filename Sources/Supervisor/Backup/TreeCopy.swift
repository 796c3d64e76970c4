import Glibc

/// Copies a directory with everything in it, for another owner.
struct TreeCopy {
    let owner: ServiceAccount
    private(set) var copiedBytes: UInt64 = 0

    private static let chunk = 1 << 20

    init(owner: ServiceAccount) {
        self.owner = owner
    }

    /// - Parameters:
    ///   - target: must not exist.
    ///   - progress: called with the bytes copied so far, after each MiB.
    mutating func copy(_ source: String, to target: String, progress: (UInt64) -> Void) throws(SupervisorError) {
        guard mkdir(target, 0o700) == 0 else { throw Self.failure("make", target) }
        try owner.own(target)
        for (name, kind) in try Self.entries(source) {
            let (from, to) = (source + "/" + name, target + "/" + name)
            switch kind {
            case mode_t(S_IFDIR): try copy(from, to: to, progress: progress)
            case mode_t(S_IFREG): try copyFile(from, to: to, progress: progress)
            default: throw SupervisorError("\(from) is neither a file nor a directory")
            }
        }
    }

    private mutating func copyFile(_ source: String, to target: String, progress: (UInt64) -> Void)
        throws(SupervisorError)
    {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw Self.failure("read", source) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Self.failure("make", target) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            guard count >= 0 else { throw Self.failure("read", source) }
            if count == 0 { break }
            guard Self.writeAll(output, buffer[..<count]) else { throw Self.failure("write", target) }
            copiedBytes += UInt64(count)
            progress(copiedBytes)
        }
        try owner.own(target)
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Bytes of all files below a directory.
    static func size(_ directory: String) throws(SupervisorError) -> UInt64 {
        var sum: UInt64 = 0
        for (name, kind) in try entries(directory) {
            let path = directory + "/" + name
            var status = stat()
            if kind == mode_t(S_IFDIR) {
                sum += try size(path)
            } else if lstat(path, &status) == 0 {
                sum += UInt64(status.st_size)
            }
        }
        return sum
    }

    /// Names and kinds (`S_IFMT` of the mode), by name.
    private static func entries(_ directory: String) throws(SupervisorError) -> [(name: String, kind: mode_t)] {
        guard let stream = opendir(directory) else { throw failure("read", directory) }
        defer { closedir(stream) }
        var found: [(name: String, kind: mode_t)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat(directory + "/" + name, &status) == 0 else { throw failure("read", directory + "/" + name) }
            found.append((name, status.st_mode & mode_t(S_IFMT)))
        }
        return found.sorted { $0.name < $1.name }
    }

    private static func failure(_ verb: String, _ path: String) -> SupervisorError {
        SupervisorError("can't \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
