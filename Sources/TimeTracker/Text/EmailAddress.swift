/// What counts as an email address, wherever one is given.
enum EmailAddress {
    /// Something before one `@`, a dotted name after it, no blanks: enough to catch slips without refusing real addresses.
    static func isValid(_ text: RawText) -> Bool {
        let parts = text.split(UInt8(ascii: "@"))
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(UInt8(ascii: "."))
            && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && !text.unchecked.unicodeScalars.contains(where: \.properties.isWhitespace)
    }
}
