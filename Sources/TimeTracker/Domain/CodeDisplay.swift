/// A project's code, or what stands in for it: the first four non-blank characters of its name, upper case.
func codeDisplay(name: @autoclosure () -> String, code: String?) -> String {
    if let code, !code.isEmpty { return code }
    let name = name()
    return asciiInitials(name) ?? String(name.lazy.filter { !$0.isWhitespace }.prefix(4)).uppercased()
}

/// The same for names that begin with plain ASCII, as nearly all do; nil for others. Lists ask for it in every row.
private func asciiInitials(_ name: String) -> String? {
    var bytes: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    var count = 0
    for byte in name.utf8 {
        // A combining character may follow the fourth letter, hence one byte more.
        guard byte > 0x20, byte < 0x7F else {
            if byte == 0x20 { continue }
            return nil
        }
        if count == 4 { break }
        let upper = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
        switch count {
        case 0: bytes.0 = upper
        case 1: bytes.1 = upper
        case 2: bytes.2 = upper
        default: bytes.3 = upper
        }
        count += 1
    }
    return withUnsafeBytes(of: &bytes) { String(decoding: $0.prefix(count), as: UTF8.self) }
}
