import Glibc

/// What the threads of a process are doing, as the kernel tells (proc(5)).
enum ThreadStates {
    private static let maxThreads = 32

    /// Name, state and CPU seconds of each thread, such as `tt-loop R 15.2 s, tt-heavy-0 S 0.3 s`: R = it computes,
    /// S and D = it waits, T = it has been stopped. Empty when the process is gone.
    static func describe(_ pid: Int32) -> String {
        guard let directory = opendir("/proc/\(pid)/task") else { return "" }
        defer { closedir(directory) }
        var threads: [String] = []
        while threads.count < maxThreads, let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let thread = Int32(name), let line = stat(pid, thread) else { continue }
            threads.append(line)
        }
        return threads.joined(separator: ", ")
    }

    private static func stat(_ pid: Int32, _ thread: Int32) -> String? {
        guard let file = fopen("/proc/\(pid)/task/\(thread)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        return parse(bytes[..<count])
    }

    /// `tid (name) state …`; the name may hold blanks and brackets. Times are in ticks, fields 14 and 15.
    static func parse(_ line: ArraySlice<UInt8>) -> String? {
        guard let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        let fields = line[(close + 1)...].split(separator: UInt8(ascii: " ")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        let name = String(decoding: line[(open + 1)..<close], as: UTF8.self)
        let tenths = (user + system) * 10 / max(1, sysconf(Int32(_SC_CLK_TCK)))
        return "\(name) \(fields[0]) \(tenths / 10).\(tenths % 10) s"
    }
}
