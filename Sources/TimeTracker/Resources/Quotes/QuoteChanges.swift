/// What somebody wants to set on a quote.
struct QuoteChanges: Sendable {
    var clientID: Presence<ID<Client>> = .absent
    var title: Presence<String> = .absent
    var status: Presence<Quote.Status> = .absent
    var items: Presence<[QuoteItem]> = .absent
    var description: Presence<String> = .absent
    var currency: Presence<String> = .absent
    var notes: Presence<String> = .absent
    var terms: Presence<String> = .absent
    var paymentTerms: Presence<String> = .absent
    var discountType: Presence<Quote.DiscountType> = .absent
    var discountReason: Presence<String> = .absent
    var couponCode: Presence<String> = .absent
    var taxRate: Presence<Percent> = .absent
    var discountAmount: Presence<Hundredths> = .absent
    var validUntil: Presence<Day> = .absent
    var visibleToClient: Presence<Bool> = .absent

    /// Whether the body has other lines than the quote. Lines that are sent as they were read stay the same lines.
    func replacesItems(of quote: Quote) -> Bool {
        guard items.isPresent else { return false }
        let new = items.value ?? []
        return !new.elementsEqual(quote.items) { $0.hasSameContent(as: $1) }
    }

    /// - Throws: ``APIError`` 400 for a move between states that isn't allowed, and for sums that don't fit.
    func apply(to quote: inout Quote, _ context: Context) throws {
        quote.title = title.value ?? quote.title
        quote.description = description.orKeep(quote.description)
        if currency.isPresent { quote.currency = currency.value ?? context.settings.currency }
        quote.notes = notes.orKeep(quote.notes)
        quote.terms = terms.orKeep(quote.terms)
        quote.paymentTerms = paymentTerms.orKeep(quote.paymentTerms)
        quote.discountType = discountType.orKeep(quote.discountType)
        if discountAmount.isPresent { quote.discountAmount = Amount(discountAmount.value?.amount ?? 0) }
        quote.discountReason = discountReason.orKeep(quote.discountReason)
        quote.couponCode = couponCode.orKeep(quote.couponCode)?.uppercased()
        quote.taxRate = taxRate.orKeep(quote.taxRate) ?? .zero
        quote.validUntil = validUntil.orKeep(quote.validUntil)
        quote.isVisibleToClient = visibleToClient.value ?? quote.isVisibleToClient
        if replacesItems(of: quote) { quote.items = items.value ?? [] }
        if quote.discountType == .percentage {
            guard quote.discountAmount <= Amount(100_00) else {
                throw APIError.validation("discount_amount", "Must be between 0 and 100.")
            }
            guard discountAmount.value?.isExact ?? true else {
                throw APIError.validation("discount_amount", Hundredths.tooPreciseText)
            }
        }
        guard quote.addUp() else { throw APIError.validation("items", "The quote's total is too large.") }
        if let status = status.value { try quote.move(to: status, by: context.principal) }
    }
}

extension Quote {
    /// Moves between states and stamps when (behaviour.md §8.4).
    mutating func move(to new: Status, by actor: Principal) throws {
        guard new != status else { return }
        let now = Instant.now()
        switch (status, new) {
        case (.draft, .sent): sentAt = now
        case (.draft, .rejected), (.sent, .rejected): rejectedAt = now
        case (.sent, .accepted) where !isExpired:
            acceptedAt = now
            acceptedBy = ID(actor.userID)
        case (.sent, .expired): break
        case (_, .draft) where actor.isAdmin: (sentAt, acceptedAt, rejectedAt, acceptedBy) = (nil, nil, nil, nil)
        case (.sent, .accepted): throw APIError.validation("status", "The quote has expired.")
        default: throw APIError.validation("status", "A quote can't move from \(status.rawValue) to \(new.rawValue).")
        }
        status = new
    }
}
