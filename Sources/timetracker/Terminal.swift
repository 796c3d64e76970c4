import ArgumentParser
import Glibc

/// What commands print: results on standard output, everything else on standard error.
enum Terminal {
    static func print(_ line: String) { write(line, to: STDOUT_FILENO) }
    static func note(_ line: String) { write(line, to: STDERR_FILENO) }
    static func error(_ line: String) { write("timetracker: \(line)", to: STDERR_FILENO) }

    /// Prints the message; throw the result to exit with status 1.
    static func failure(_ message: String) -> ExitCode {
        error(message)
        return ExitCode(1)
    }

    /// An empty screen, where there is one (ECMA-48).
    static func clear() { if isatty(STDOUT_FILENO) == 1 { write("\u{1B}[H\u{1B}[2J\u{1B}[3J", to: STDOUT_FILENO) } }

    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    private static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// The first line of standard input, without its end.
    static func readSecret() throws -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw failure("no password on standard input")
        }
        return line
    }

    /// Columns padded to their widest cell.
    static func table(_ rows: [[String]]) {
        guard let columns = rows.first?.count else { return }
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == columns - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            print(cells.joined(separator: "  "))
        }
    }
}
