import Glibc

/// A shared mapping that lives as long as anyone refers to it.
///
/// `@unchecked Sendable`: the memory is shared between processes anyway; every access goes through the atomics of
/// CKernel, no lock is needed.
final class SharedMemory: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let size: Int

    init(fd: Int32, size: Int) throws(SystemCallError) {
        guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), base != MAP_FAILED else {
            throw SystemCallError("mmap")
        }
        self.base = base
        self.size = size
    }

    deinit { munmap(base, size) }

    /// The 64-bit word at a byte offset, a multiple of 8.
    func word(at offset: Int) -> UnsafeMutablePointer<UInt64> {
        assert(offset % 8 == 0 && offset >= 0 && offset + 8 <= size)
        return (base + offset).assumingMemoryBound(to: UInt64.self)
    }
}
