import CKernel
import Glibc

/// A worker's bond with its supervisor.
public enum ParentProcess {
    /// Makes the kernel send TERM when the supervisor dies (prctl(2), PR_SET_PDEATHSIG).
    /// - Parameter supervisor: its process id; nil for a worker started by hand.
    /// - Returns: false when it is dead already.
    public static func dieWith(supervisor: Int32?) -> Bool {
        guard let supervisor else { return true }
        kernel_die_with_parent(SIGTERM)
        // It may have died before the line above.
        return getppid() == supervisor
    }
}
