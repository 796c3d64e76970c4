/// Where to go after sign-in, as a link may ask for it (behaviour.md §12.1).
enum LocalPath {
    /// Bytes of a page's path and query.
    static let maxLength = 2000

    /// The path if it stays on this site: one leading slash, and nothing that browsers read as another host.
    static func checked(_ path: String?) -> String? {
        guard let path, path.utf8.count <= maxLength, path.hasPrefix("/"), !path.hasPrefix("//"),
            !path.hasPrefix("/\\")
        else { return nil }
        // Browsers drop tabs and line breaks, and treat a backslash as a slash; header fields can't hold controls anyway.
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        return path
    }

    /// `/login?next=…` for a page that needs sign-in.
    static func login(next: String) -> String {
        next == "/" || checked(next) == nil ? "/login" : "/login?next=" + PercentEncoding.encode(next)
    }
}
