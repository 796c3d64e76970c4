import Glibc

/// The program that workers run, held open. A worker that dies is started again from the same file, even when another has
/// taken its place on disk, until a reload has found that one good.
struct Program {
    /// Where it stood when it was opened, and where the next one will stand.
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(SupervisorError) {
        self.path = path
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw SupervisorError("can't open \(path): \(String(cString: strerror(errno)))") }
        descriptor = Listener.raise(opened)
    }

    func close() { Glibc.close(descriptor) }

    /// What to execute: the path while the same file stands there, else the file itself through proc(5).
    var executable: String {
        var held = stat()
        var onDisk = stat()
        let isSame =
            fstat(descriptor, &held) == 0 && stat(path, &onDisk) == 0 && held.st_dev == onDisk.st_dev
            && held.st_ino == onDisk.st_ino
        // The child's own descriptors are closed before it executes, so it goes by ours.
        return isSame ? path : "/proc/\(getpid())/fd/\(descriptor)"
    }
}
