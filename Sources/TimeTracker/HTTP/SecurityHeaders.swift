/// Headers that tell browsers what not to do with a reply (behaviour.md §1.4).
enum SecurityHeaders {
    /// Other sites are told no referrer. Our own are, because a browser that tells none sends `Origin: null` with our forms
    /// (Fetch standard, "append a request Origin header"), as with those of a site that has something to hide.
    private static let always: StaticString =
        "x-content-type-options: nosniff\r\nx-frame-options: DENY\r\nreferrer-policy: same-origin\r\n"

    static func write(_ exchange: Exchange, to out: inout ByteWriter) {
        out.append(literal: always)
        if exchange.isSecure {
            out.append(literal: "strict-transport-security: max-age=31536000; includeSubDomains\r\n")
        }
    }
}
