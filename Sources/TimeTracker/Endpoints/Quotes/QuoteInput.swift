/// The fields of a quote's body (behaviour.md §8.4).
enum QuoteInput {
    static let clientID = InputField<ID<Client>>.id("client_id", required: "client_id is required")
    static let title = InputField<String>.string("title", max: 200, min: 1, required: "title is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let status = InputField<Quote.Status>.word("status")
    static let taxRate = InputField<Percent>.percent("tax_rate")
    static let currency = InputField<String>.custom(
        "currency_code", schema: .string(description: "ISO 4217 code", nullable: true, maxLength: 3), nullable: true,
        parse: CurrencyCode.parse)
    static let validUntil = InputField<Day>.day("valid_until", nullable: true)
    static let notes = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)
    static let terms = InputField<String>.string("terms", max: 10_000, emptyIsNull: true, nullable: true)
    static let paymentTerms = InputField<String>.string("payment_terms", max: 100, emptyIsNull: true, nullable: true)
    static let discountType = InputField<Quote.DiscountType>.word("discount_type", nullable: true)
    /// Money or percent, as the quote's `discount_type` says.
    static let discountAmount = InputField<Hundredths>.custom(
        "discount_amount", schema: .number(nullable: true, minimum: 0), nullable: true
    ) { Hundredths.parse($0, precision: 10) }
    static let discountReason = InputField<String>.string(
        "discount_reason", max: 500, emptyIsNull: true, nullable: true)
    static let couponCode = InputField<String>.string("coupon_code", max: 50, emptyIsNull: true, nullable: true)
    static let visibleToClient = InputField<Bool>.boolean("visible_to_client")

    private static let common: [any AnyInputField] = [
        clientID, title, description, taxRate, currency, validUntil, notes, terms, paymentTerms, discountType,
        discountAmount, discountReason, couponCode, visibleToClient, QuoteItemInput.items,
    ]
    static let create = BodySchema("QuoteCreate", common)
    static let update = BodySchema("QuoteUpdate", common + [status])
}

/// Three letters, taken in any case and kept in upper case.
enum CurrencyCode {
    @Sendable static func parse(_ value: JSONValue) -> Result<String, InputFailure> {
        guard let text = value.stringValue else { return .failure("Not a valid string.") }
        let code = text.short ?? ""
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }) else {
            return .failure("Not a currency code of three letters.")
        }
        return .success(code.uppercased())
    }
}

extension QuoteChanges {
    init(_ input: inout InputReader, isUpdate: Bool) {
        self.init()
        clientID = input.get(QuoteInput.clientID)
        title = input.get(QuoteInput.title)
        status = isUpdate ? input.get(QuoteInput.status) : .absent
        items = input.get(QuoteItemInput.items)
        description = input.get(QuoteInput.description)
        currency = input.get(QuoteInput.currency)
        notes = input.get(QuoteInput.notes)
        terms = input.get(QuoteInput.terms)
        paymentTerms = input.get(QuoteInput.paymentTerms)
        discountType = input.get(QuoteInput.discountType)
        discountAmount = input.get(QuoteInput.discountAmount)
        discountReason = input.get(QuoteInput.discountReason)
        couponCode = input.get(QuoteInput.couponCode)
        taxRate = input.get(QuoteInput.taxRate)
        validUntil = input.get(QuoteInput.validUntil)
        visibleToClient = input.get(QuoteInput.visibleToClient)
        if discountType.value == .percentage, let amount = discountAmount.value?.amount, amount > 100_00 {
            input.errors.add("discount_amount", "Must be between 0 and 100.")
        }
    }
}
