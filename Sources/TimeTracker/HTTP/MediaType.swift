/// Media types of request bodies (RFC 9110 §8.3).
enum MediaType {
    /// `application/json` or any `application/*+json`, parameters ignored.
    static func isJSON(_ contentType: RawText?) -> Bool {
        guard let name = contentType.map(name) else { return false }
        return name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json"))
    }

    /// Type and subtype in lower case, without parameters.
    static func name(_ contentType: RawText) -> RawText {
        contentType.split(UInt8(ascii: ";"), most: 2)[0].withoutOptionalWhiteSpace.asciiLowercased
    }
}
