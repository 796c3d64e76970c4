import CKernel
import Glibc

/// How a child ended (wait(2)).
struct ExitReason: CustomStringConvertible {
    let code: Int32?
    let signal: Int32?

    init(status: Int32) {
        let hasExited = kernel_exited(status)
        code = hasExited ? kernel_exit_code(status) : nil
        signal = hasExited ? nil : kernel_exit_signal(status)
    }

    /// The configuration is no good and will not be better next time (EX_CONFIG, sysexits.h).
    var isConfigurationError: Bool { code == 78 }

    var description: String {
        if let code { return "exit status \(code)" }
        let number = signal ?? 0
        return "signal \(number) (\(String(cString: strsignal(number))))"
    }
}
