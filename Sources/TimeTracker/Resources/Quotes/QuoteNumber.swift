import Postgres

/// Numbers of new quotes from the settings' pattern (behaviour.md §8.3).
enum QuoteNumber {
    /// A pattern with everything filled in but `{SEQ}`.
    struct Template: Equatable {
        let prefix: String
        let suffix: String

        /// - Parameter pattern: with `{SEQ}` once, and `{PREFIX} {YYYY} {YY} {MM} {DD}` wherever they are wanted.
        init(pattern: String, prefix: String, on day: CivilDate) {
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let year = String(day.year)
            let filled = [
                ("{PREFIX}", prefix), ("{YYYY}", year), ("{YY}", String(year.suffix(2))), ("{MM}", two(day.month)),
                ("{DD}", two(day.day)),
            ].reduce(pattern) { $0.replacing($1.0, with: $1.1) }
            let range = filled.firstRange(of: "{SEQ}") ?? filled.endIndex..<filled.endIndex
            self.prefix = String(filled[..<range.lowerBound])
            self.suffix = String(filled[range.upperBound...]).replacing("{SEQ}", with: "")
        }

        func number(_ sequence: Int64) -> String {
            let digits = String(sequence)
            return prefix + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + suffix
        }
    }

    /// Whether a pattern holds `{SEQ}` once, and no braces but those of words that are filled in.
    static func isPattern(_ text: String) -> Bool {
        guard text.ranges(of: "{SEQ}").count == 1 else { return false }
        let rest = ["{SEQ}", "{PREFIX}", "{YYYY}", "{YY}", "{MM}", "{DD}"].reduce(text) { $0.replacing($1, with: "") }
        return !rest.utf8.contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }
    }

    /// What the settings say about numbers, and today.
    private struct Numbering: RowProjection {
        var prefix = ""
        var pattern = ""
        var first: Int64 = 1
        var today = Day(0)

        static let table = "settings"
        static let selected = selectList()

        /// $1 is the zone.
        static func map(_ row: inout some ColumnVisitor, _ numbering: inout Numbering) {
            row.column("quote_prefix", &numbering.prefix)
            row.column("quote_number_pattern", &numbering.pattern)
            row.column("quote_start_number", &numbering.first)
            row.computed(LocalDay.today(zone: "$1"), &numbering.today)
        }
    }

    /// Longest number that the column holds.
    private static let maxLength = 50

    /// Draws the next number; others wait until the transaction ends.
    static func next(_ context: Context, in tx: PostgresTransaction) async throws -> String {
        let rows = try await tx.pipeline([
            Statement("select pg_advisory_xact_lock(hashtextextended('quote_number', 0))"),
            Statement(
                "select \(Numbering.selected) from settings", [.text(context.settings.timezone)]),
        ])
        guard let row = rows.last?.first else { throw APIError.internalError }
        let numbering = try Numbering(row)
        let template = Template(
            pattern: numbering.pattern, prefix: numbering.prefix,
            on: CivilDate(daysSince2000: numbering.today.number))
        let used =
            try await tx.query(
                Statement(
                    """
                    select coalesce(max(middle::bigint), 0) from (
                        select substr(quote_number, length($1) + 1, length(quote_number) - length($1) - length($2)) as middle
                        from quotes
                        where starts_with(quote_number, $1) and right(quote_number, length($2)) = $2
                          and length(quote_number) > length($1) + length($2)) numbers
                    where middle ~ '^[0-9]{1,15}$'
                    """, [.text(template.prefix), .text(template.suffix)])
            ).first?.int(0) ?? 0
        let number = template.number(max(used + 1, numbering.first))
        guard number.unicodeScalars.count <= maxLength else {
            throw APIError.rule("quote_number_too_long", "The quote number pattern makes numbers that are too long")
        }
        return number
    }
}
