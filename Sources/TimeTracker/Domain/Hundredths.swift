/// A decimal number that is not negative, as a client gave it.
struct Hundredths: Sendable, Equatable {
    /// Rounded half up.
    let amount: Int64
    /// Whether nothing was rounded.
    let isExact: Bool

    /// The refusal of more decimals where rounding would change what was meant.
    static let tooPreciseText = "At most 2 decimals."
}
