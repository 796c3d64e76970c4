/// The fields of a quote's body (behaviour.md §8.4).
enum QuoteInput {
    static let clientID = InputField<Int64>.id("client_id", required: "client_id is required")
    static let title = InputField<String>.string("title", max: 200, min: 1, required: "title is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let status = InputField<String>.enumeration("status", Quote.Status.allCases.map(\.rawValue))
    static let taxRate = InputField<Int64>.decimal("tax_rate", precision: 5, nullable: true, most: 100_00)
    static let currency = InputField<String>.custom(
        "currency_code", schema: .string(description: "ISO 4217 code", nullable: true, maxLength: 3), nullable: true,
        parse: CurrencyCode.parse)
    static let validUntil = InputField<Int32>.date("valid_until", nullable: true)
    static let notes = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)
    static let terms = InputField<String>.string("terms", max: 10_000, emptyIsNull: true, nullable: true)
    static let paymentTerms = InputField<String>.string("payment_terms", max: 100, emptyIsNull: true, nullable: true)
    static let discountType = InputField<String>.enumeration(
        "discount_type", ["percentage", "fixed"], nullable: true)
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

/// What a body wants to set on a quote.
struct QuoteChanges: Sendable {
    let clientID: Presence<Int64>
    let title: Presence<String>
    let status: Presence<String>
    let items: Presence<[QuoteItem]>
    private let description, currency, notes, terms, paymentTerms: Presence<String>
    private let discountType, discountReason, couponCode: Presence<String>
    private let taxRate: Presence<Int64>
    private let discountAmount: Presence<Hundredths>
    private let validUntil: Presence<Int32>
    private let visibleToClient: Presence<Bool>

    init(_ input: inout InputReader, isUpdate: Bool) {
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
        if discountType.value == "percentage", let amount = discountAmount.value?.amount, amount > 100_00 {
            input.errors.add("discount_amount", "Must be between 0 and 100.")
        }
    }

    /// Whether the body has other lines than the quote. Lines that are sent as they were read stay the same lines.
    func replacesItems(of quote: Quote) -> Bool {
        guard items.isPresent else { return false }
        let new = items.value ?? []
        return !new.elementsEqual(quote.items) { $0.hasSameContent(as: $1) }
    }

    /// - Throws: ``APIError`` 400 for a move between states that isn't allowed, and for sums that don't fit.
    func apply(to quote: inout Quote, _ call: Call) throws {
        quote.title = title.value ?? quote.title
        quote.description = description.orKeep(quote.description)
        if currency.isPresent { quote.currency = currency.value ?? call.settings.currency }
        quote.notes = notes.orKeep(quote.notes)
        quote.terms = terms.orKeep(quote.terms)
        quote.paymentTerms = paymentTerms.orKeep(quote.paymentTerms)
        quote.discountType = discountType.orKeep(quote.discountType)
        if discountAmount.isPresent { quote.discountAmount = discountAmount.value?.amount ?? 0 }
        quote.discountReason = discountReason.orKeep(quote.discountReason)
        quote.couponCode = couponCode.orKeep(quote.couponCode)?.uppercased()
        quote.taxRate = taxRate.orKeep(quote.taxRate) ?? 0
        quote.validUntil = validUntil.orKeep(quote.validUntil)
        quote.isVisibleToClient = visibleToClient.value ?? quote.isVisibleToClient
        if replacesItems(of: quote) { quote.items = items.value ?? [] }
        if quote.discountType == "percentage" {
            guard quote.discountAmount <= 100_00 else {
                throw APIError.validation("discount_amount", "Must be between 0 and 100.")
            }
            guard discountAmount.value?.isExact ?? true else {
                throw APIError.validation("discount_amount", Hundredths.tooPrecise.message)
            }
        }
        guard quote.addUp() else { throw APIError.validation("items", "The quote's total is too large.") }
        if let status = status.value.flatMap(Quote.Status.init(rawValue:)) {
            try quote.move(to: status, by: call.principal)
        }
    }
}

extension Quote {
    /// Moves between states and stamps when (behaviour.md §8.4).
    mutating func move(to new: Status, by actor: Principal) throws {
        guard new != status else { return }
        let now = WallClock.now()
        switch (status, new) {
        case (.draft, .sent): sentAt = now
        case (.draft, .rejected), (.sent, .rejected): rejectedAt = now
        case (.sent, .accepted) where !isExpired:
            acceptedAt = now
            acceptedBy = actor.userID
        case (.sent, .expired): break
        case (_, .draft) where actor.isAdmin: (sentAt, acceptedAt, rejectedAt, acceptedBy) = (nil, nil, nil, nil)
        case (.sent, .accepted): throw APIError.validation("status", "The quote has expired.")
        default: throw APIError.validation("status", "A quote can't move from \(status.rawValue) to \(new.rawValue).")
        }
        status = new
    }
}
