import Testing

@testable import TimeTracker

@Suite struct QuoteValueTests {
    @Test func numbers() {
        let day = CivilDate(year: 2026, month: 1, day: 5)
        let standard = QuoteNumber.Template(pattern: "{PREFIX}-{YYYY}{MM}{DD}-{SEQ}", prefix: "QUO", on: day)
        #expect(standard.number(1) == "QUO-20260105-001")
        #expect(standard.number(1234) == "QUO-20260105-1234")
        #expect(QuoteNumber.Template(pattern: "{SEQ}/{YY}", prefix: "", on: day).number(7) == "007/26")
        #expect(QuoteNumber.Template(pattern: "{SEQ}-{SEQ}", prefix: "", on: day).number(7) == "007-")
    }

    @Test(
        arguments: [
            (250, 9999, 100, 24998), (1, 1, 100, 0), (50, 1, 100, 1), (49, 1, 100, 0), (300, 33, 100, 99),
            (9_999_999_999, 100, 100, 9_999_999_999),
        ] as [(Int64, Int64, Int64, Int64)])
    func products(_ a: Int64, _ b: Int64, _ divisor: Int64, _ result: Int64) {
        #expect(Money.scaled(a, by: b, over: divisor) == result)
    }

    @Test func productsThatDoNotFit() {
        #expect(Money.scaled(9_999_999_999, by: 9_999_999_999, over: 100) == nil)
        #expect(Money.scaled(9_999_999_999, by: 101, over: 100) == nil)
        #expect(Money.scaled(.max, by: .max, over: 100) == nil)
    }

    @Test func discountsNeverExceedTheSubtotal() {
        var quote = Quote(currency: "EUR")
        quote.items = [QuoteItem(total: Money(10_000))]
        quote.discountType = .fixed
        quote.discountAmount = Amount(20_000)
        quote.taxRate = Percent(2100)
        var fits = quote.addUp()
        #expect(fits)
        #expect(quote.total == .zero)
        quote.discountType = .percentage
        quote.discountAmount = Amount(333)
        fits = quote.addUp()
        #expect(fits)
        #expect(quote.discountValue == Money(333))
        #expect(quote.taxAmount == Money(2030))
        #expect(quote.total == Money(10_000 - 333 + 2030))
        quote.items = [QuoteItem(total: Money(9_999_999_999))]
        quote.discountType = nil
        fits = quote.addUp()
        #expect(!fits)
    }
}
