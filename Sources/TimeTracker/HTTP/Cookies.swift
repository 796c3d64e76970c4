/// Cookies of a request and for a reply (RFC 6265).
enum Cookies {
    /// The value of the first cookie with that name.
    static func value(_ name: String, in headers: RequestHeaders) -> RawText? {
        let name = RawText(name)
        for header in headers["cookie"] {
            for pair in header.split(UInt8(ascii: ";")) {
                let parts = pair.split(UInt8(ascii: "="), most: 2)
                guard parts.count == 2, parts[0].withoutOptionalWhiteSpace == name else { continue }
                let value = parts[1].withoutOptionalWhiteSpace
                let isQuoted = value.byteCount >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
                return isQuoted ? value.dropFirst(1).dropLast(1) : value
            }
        }
        return nil
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
