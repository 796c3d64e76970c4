import Glibc

/// A file that holds one secret, as Docker, Kubernetes and systemd's credentials provide them.
enum SecretFile {
    private static let maxLength = 64 * 1024

    /// The file's text without its last line end.
    /// - Throws: what is wrong with it, as the end of a sentence that begins with the variable's name; never its content.
    static func read(_ path: String) throws(BadValue) -> String {
        guard let file = fopen(path, "r") else {
            throw BadValue("names a file that can't be read: \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maxLength + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else {
            throw BadValue("names a file that can't be read: \(path): \(String(cString: strerror(errno)))")
        }
        guard count <= maxLength else { throw BadValue("names a file of more than \(maxLength) bytes: \(path)") }
        var text = bytes[..<count]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.isEmpty else { throw BadValue("names an empty file: \(path)") }
        guard let value = String(validating: text, as: UTF8.self) else {
            throw BadValue("names a file that is not UTF-8: \(path)")
        }
        return value
    }
}
