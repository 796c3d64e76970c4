/// A new API token (behaviour.md §2.2): `tt_` and 32 random letters and digits.
struct APIToken {
    let plain: String

    init() {
        plain = "tt_" + RandomText.alphanumeric(32)
    }

    var hash: String { TokenHash.hex(plain) }
    /// The part that lists may show.
    var prefix: String { String(plain.prefix(8)) }
}
