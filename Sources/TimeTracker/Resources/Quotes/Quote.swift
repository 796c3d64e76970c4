import Postgres

/// A quote with its lines (behaviour.md §8.1).
struct Quote: Sendable {
    enum Status: String, CaseIterable, ColumnValue {
        case draft, sent, accepted, rejected, expired
    }

    enum DiscountType: String, CaseIterable, ColumnValue {
        case percentage, fixed
    }

    /// Percent or money, as the discount's type says.
    enum DiscountUnit {}

    var id: ID<Quote> = .none
    var number = ""
    var clientID: ID<Client> = .none
    var title = ""
    var description: String?
    var status = Status.draft
    var subtotal = Money.zero
    var discountType: DiscountType?
    var discountAmount = Amount<DiscountUnit>.zero
    var discountReason: String?
    var couponCode: String?
    var taxRate = Percent.zero
    var taxAmount = Money.zero
    var total = Money.zero
    var currency = ""
    /// The last day on which it can be accepted.
    var validUntil: Day?
    var sentAt: Instant?
    var acceptedAt: Instant?
    var rejectedAt: Instant?
    var projectID: ID<Project>?
    var createdBy: ID<User> = .none
    var acceptedBy: ID<User>?
    var createdAt = Instant.none
    var updatedAt = Instant.none
    var notes: String?
    var terms: String?
    var paymentTerms: String?
    var isVisibleToClient = false
    var templateID: Int64?
    var clientName: String?
    /// In the app time zone.
    var today = Day(0)
    var items: [QuoteItem] = []
}

/// All but the lines.
extension Quote: RowModel {
    static let table = "quotes"
    static let alias = "q"
    static let selected = selectList()

    static let constraints = [
        Constraint("quotes_client_id_fkey", "client_id", "Client not found")
    ]

    /// - Parameter zone: whose day it is.
    static func joins(zone: String, in sql: inout SQL) -> String {
        "left join clients c on c.id = q.client_id \(LocalDay.join(zone: sql.bind(.text(zone))))"
    }

    static func map(_ row: inout some ColumnVisitor, _ quote: inout Quote) {
        row.key("id", &quote.id)
        row.fixed("quote_number", &quote.number)
        row.column("client_id", &quote.clientID)
        row.column("title", &quote.title)
        row.column("description", &quote.description)
        row.column("status", &quote.status)
        row.column("subtotal", &quote.subtotal)
        row.column("discount_type", &quote.discountType)
        row.column("discount_amount", &quote.discountAmount)
        row.column("discount_reason", &quote.discountReason)
        row.column("coupon_code", &quote.couponCode)
        row.column("tax_rate", &quote.taxRate)
        row.column("tax_amount", &quote.taxAmount)
        row.column("total_amount", &quote.total)
        row.column("currency_code", &quote.currency)
        row.column("valid_until", &quote.validUntil)
        row.column("sent_at", &quote.sentAt)
        row.column("accepted_at", &quote.acceptedAt)
        row.column("rejected_at", &quote.rejectedAt)
        row.stored("project_id", &quote.projectID)
        row.stored("created_by", &quote.createdBy)
        row.column("accepted_by", &quote.acceptedBy)
        row.stored("created_at", &quote.createdAt)
        row.stored("updated_at", &quote.updatedAt)
        row.column("notes", &quote.notes)
        row.column("terms", &quote.terms)
        row.column("payment_terms", &quote.paymentTerms)
        row.column("visible_to_client", &quote.isVisibleToClient)
        row.stored("template_id", &quote.templateID)
        row.computed("c.name", &quote.clientName)
        row.computed("local.today", &quote.today)
    }
}

extension Quote {
    var isExpired: Bool { validUntil.map { $0 < today } ?? false }
    var canBeAccepted: Bool { status == .sent && !isExpired }

    func isOwned(by principal: Principal) -> Bool { createdBy.number == principal.userID }

    /// What the discount takes off the subtotal.
    var discountValue: Money {
        switch discountType {
        case .percentage: subtotal.part(Percent(discountAmount.hundredths)) ?? subtotal
        case .fixed: min(Money(discountAmount.hundredths), subtotal)
        case nil: .zero
        }
    }

    /// Sets the sums that follow from the lines, rounding each amount half up where it is stored (behaviour.md §8.2).
    /// - Returns: false when one of them is too large to be stored.
    mutating func addUp() -> Bool {
        subtotal = items.reduce(.zero) { $0 + $1.total }
        guard subtotal.hundredths <= Money.largest else { return false }
        let discounted = subtotal - discountValue
        guard let tax = discounted.part(taxRate), (discounted + tax).hundredths <= Money.largest else { return false }
        taxAmount = tax
        total = discounted + tax
        return true
    }
}

extension Quote: JSONModel {
    static let schemaName = "Quote"

    static func describe(_ object: inout some MemberVisitor<Quote>) {
        object.id("id") { $0.id }
        object.string("quote_number") { $0.number }
        object.id("client_id") { $0.clientID }
        object.string("client", nullable: true, "The client's name") { $0.clientName }
        object.string("title") { $0.title }
        object.string("description", nullable: true) { $0.description }
        object.string("status", values: Status.allCases.map(\.rawValue)) { $0.status.rawValue }
        object.amount("subtotal", "Sum of the items") { $0.subtotal }
        object.string("discount_type", nullable: true, "percentage or fixed") { $0.discountType?.rawValue }
        object.amount("discount_amount", "Percent or amount, as discount_type says") { $0.discountAmount }
        object.amount("discount_value", "What the discount takes off") { $0.discountValue }
        object.string("discount_reason", nullable: true) { $0.discountReason }
        object.string("coupon_code", nullable: true) { $0.couponCode }
        object.amount("subtotal_after_discount") { $0.subtotal - $0.discountValue }
        object.amount("tax_rate", "Percent") { $0.taxRate }
        object.amount("tax_amount") { $0.taxAmount }
        object.amount("total_amount") { $0.total }
        object.string("currency_code") { $0.currency }
        object.date("valid_until", nullable: true) { $0.validUntil }
        object.instant("sent_at", nullable: true) { $0.sentAt }
        object.instant("accepted_at", nullable: true) { $0.acceptedAt }
        object.instant("rejected_at", nullable: true) { $0.rejectedAt }
        object.id("project_id", nullable: true) { $0.projectID }
        object.id("created_by") { $0.createdBy }
        object.id("accepted_by", nullable: true) { $0.acceptedBy }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.string("notes", nullable: true) { $0.notes }
        object.string("terms", nullable: true) { $0.terms }
        object.string("payment_terms", nullable: true) { $0.paymentTerms }
        object.boolean("visible_to_client") { $0.isVisibleToClient }
        object.integer("template_id", nullable: true) { $0.templateID }
        object.boolean("is_draft") { $0.status == .draft }
        object.boolean("is_sent") { $0.status == .sent }
        object.boolean("is_accepted") { $0.status == .accepted }
        object.boolean("is_rejected") { $0.status == .rejected }
        object.boolean("is_expired", "valid_until has passed") { $0.isExpired }
        object.boolean("can_be_accepted") { $0.canBeAccepted }
        object.boolean("has_project") { $0.projectID != nil }
        object.objects("items") { $0.items }
    }
}

extension Quote: ChangeSubject {
    static let entityType = EntityType.quote
    var entityName: String { "\(number) \(title)" }
    var audience: Audience { .owner(createdBy.number) }
}
