import NIOHTTP1

/// Cookies of a request and for a reply (RFC 6265).
enum Cookies {
    /// The value of the first cookie with that name.
    static func value(_ name: String, in headers: HTTPHeaders) -> String? {
        for header in headers["cookie"] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, trimmed(parts[0]) == name else { continue }
                let value = trimmed(parts[1])
                let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
                return String(isQuoted ? value.dropFirst().dropLast() : value)
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// The name under which a cookie travels: over https with the prefix that makes browsers refuse it from anybody but this
    /// host itself (RFC 6265bis §4.1.3.2).
    static func name(_ name: String, isSecure: Bool) -> String { isSecure ? "__Host-" + name : name }

    /// A `Set-Cookie` value: the whole site, never for scripts, not sent by other sites' forms.
    ///
    /// - Parameters:
    ///   - value: cookie octets only; ours are URL-safe base64.
    ///   - maxAge: seconds; nil = until the browser is closed, 0 = delete.
    static func set(_ name: String, _ value: String, maxAge: Int?, isSecure: Bool) -> String {
        var text = "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isSecure { text += "; Secure" }
        return text
    }
}
