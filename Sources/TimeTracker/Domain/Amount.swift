/// An exact number of two decimals, counted in hundredths (behaviour.md §3.11). Amounts of different units don't mix.
struct Amount<Unit>: Hashable, Comparable, Sendable {
    var hundredths: Int64

    init(_ hundredths: Int64) {
        self.hundredths = hundredths
    }

    static var zero: Amount { Amount(0) }

    /// `1234.05`, as PostgreSQL's numeric reads it.
    var text: String { Money.format(hundredths) }

    /// `2`, `1.5`, `1.25`: without needless zeros.
    var short: String {
        let text = text
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text.hasSuffix("0") ? String(text.dropLast()) : text
    }

    static func < (one: Amount, other: Amount) -> Bool { one.hundredths < other.hundredths }
    static func + (one: Amount, other: Amount) -> Amount { Amount(one.hundredths + other.hundredths) }
    static func - (one: Amount, other: Amount) -> Amount { Amount(one.hundredths - other.hundredths) }
    static prefix func - (amount: Amount) -> Amount { Amount(-amount.hundredths) }
    static func += (one: inout Amount, other: Amount) { one = one + other }
    static func -= (one: inout Amount, other: Amount) { one = one - other }
}

/// What money is counted in, of whichever currency.
enum MoneyUnit {}
/// Pieces, metres, kilograms: what an item's own unit says.
enum QuantityUnit {}
enum HourUnit {}
enum PercentUnit {}

typealias Money = Amount<MoneyUnit>
/// How much there is of a thing.
typealias Quantity = Amount<QuantityUnit>
typealias Hours = Amount<HourUnit>
typealias Percent = Amount<PercentUnit>
