import Glibc
import Testing

@testable import Supervisor

/// What the log says of a stuck worker, and what children are handed over beside their environment.
@Suite struct ChildTests {
    @Test func threadsAreNamedWithTheirState() {
        let line = "17 (a (b) c) R 1 17 17 0 -1 4194304 0 0 0 0 1520 30 0 0 20 0 1 0 5 0 0"
        let ticks = 1550 * 10 / sysconf(Int32(_SC_CLK_TCK))
        #expect(ThreadStates.parse(Array(line.utf8)[...]) == "a (b) c R \(ticks / 10).\(ticks % 10) s")
        for bad in ["", "17", "17 (x", ") (", "17 (x) R 1"] { #expect(ThreadStates.parse(Array(bad.utf8)[...]) == nil) }
        let own = ThreadStates.describe(getpid())
        #expect(!own.isEmpty && own.contains(" s"))
        #expect(ThreadStates.describe(999_999_999) == "")
    }

    @Test func secretsAreReadOnceAndWhole() throws {
        let long = String(repeating: "ä=", count: 5000)
        let values = ["A": "1", "URL": "postgresql://u:p=@h/d?x=y", "LONG": long, "EMPTY": ""]
        let secrets = try Secrets(values)
        for _ in 0..<2 {
            // Each child has a descriptor of its own for the same memory.
            let copy = dup(secrets.descriptor)
            #expect(Secrets.take(copy) == values)
            #expect(fcntl(copy, F_GETFD) == -1)
        }
        var byte: UInt8 = 0x41
        #expect(pwrite(secrets.descriptor, &byte, 1, 0) == -1 && errno == EPERM)
        #expect(ftruncate(secrets.descriptor, 0) == -1)
        #expect(fcntl(secrets.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        secrets.discard()
        #expect(Secrets.take(999) == [:])
    }
}
