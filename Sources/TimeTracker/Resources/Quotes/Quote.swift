import Postgres

/// A quote with its lines (behaviour.md §8.1). Money in hundredths, instants in µs since 2000-01-01 UTC.
struct Quote: Sendable {
    enum Status: String, CaseIterable, Sendable {
        case draft, sent, accepted, rejected, expired
    }

    var id: Int64 = 0
    var number = ""
    var clientID: Int64
    var title: String
    var description: String?
    var status = Status.draft
    var subtotal: Int64 = 0
    /// `percentage`, `fixed` or nil.
    var discountType: String?
    var discountAmount: Int64 = 0
    var discountReason: String?
    var couponCode: String?
    /// Percent in hundredths.
    var taxRate: Int64 = 0
    var taxAmount: Int64 = 0
    var total: Int64 = 0
    var currency: String
    /// Days since 2000-01-01; the last day on which it can be accepted.
    var validUntil: Int32?
    var sentAt: Int64?
    var acceptedAt: Int64?
    var rejectedAt: Int64?
    var projectID: Int64?
    var createdBy: Int64
    var acceptedBy: Int64?
    var createdAt: Int64 = 0
    var updatedAt: Int64 = 0
    var notes: String?
    var terms: String?
    var paymentTerms: String?
    var isVisibleToClient = false
    var templateID: Int64?
    var clientName: String?
    /// Today in the app time zone.
    var today: Int32
    var items: [QuoteItem] = []

    /// Columns over `quotes q` and its client `c`.
    static func columns(zone: String, in sql: inout SQL) -> String {
        """
        q.id, q.quote_number, q.client_id, q.title, q.description, q.status, q.subtotal, q.discount_type, q.discount_amount,
        q.discount_reason, q.coupon_code, q.tax_rate, q.tax_amount, q.total_amount, q.currency_code, q.valid_until, q.sent_at,
        q.accepted_at, q.rejected_at, q.project_id, q.created_by, q.accepted_by, q.created_at, q.updated_at, q.notes, q.terms,
        q.payment_terms, q.visible_to_client, q.template_id, c.name, \(LocalDay.today(zone: sql.bind(.text(zone))))
        """
    }

}

extension Quote: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        number = columns.string()
        clientID = columns.int()
        title = columns.string()
        description = columns.stringOrNull()
        status = Status(rawValue: columns.string()) ?? .draft
        subtotal = columns.hundredths()
        discountType = columns.stringOrNull()
        discountAmount = columns.hundredths()
        discountReason = columns.stringOrNull()
        couponCode = columns.stringOrNull()
        taxRate = columns.hundredths()
        taxAmount = columns.hundredths()
        total = columns.hundredths()
        currency = columns.string()
        validUntil = columns.dateOrNull()
        sentAt = columns.timestampOrNull()
        acceptedAt = columns.timestampOrNull()
        rejectedAt = columns.timestampOrNull()
        projectID = columns.intOrNull()
        createdBy = columns.int()
        acceptedBy = columns.intOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        notes = columns.stringOrNull()
        terms = columns.stringOrNull()
        paymentTerms = columns.stringOrNull()
        isVisibleToClient = columns.bool()
        templateID = columns.intOrNull()
        clientName = columns.stringOrNull()
        today = columns.date()
    }

    var isExpired: Bool { validUntil.map { $0 < today } ?? false }
    var canBeAccepted: Bool { status == .sent && !isExpired }

    /// What the discount takes off the subtotal.
    var discountValue: Int64 {
        switch discountType {
        case "percentage": Money.scaled(subtotal, by: discountAmount, over: 10_000) ?? subtotal
        case "fixed": min(discountAmount, subtotal)
        default: 0
        }
    }

    /// Sets the sums that follow from the lines, rounding each amount half up where it is stored (behaviour.md §8.2).
    /// - Returns: false when one of them is too large to be stored.
    mutating func addUp() -> Bool {
        subtotal = items.reduce(0) { $0 + $1.total }
        guard subtotal <= Money.largest else { return false }
        let discounted = subtotal - discountValue
        guard let tax = Money.scaled(discounted, by: taxRate, over: 10_000), discounted + tax <= Money.largest else {
            return false
        }
        taxAmount = tax
        total = discounted + tax
        return true
    }
}

extension Quote: JSONModel {
    static let schemaName = "Quote"

    static func describe(_ object: inout some MemberVisitor<Quote>) {
        object.integer("id") { $0.id }
        object.string("quote_number") { $0.number }
        object.integer("client_id") { $0.clientID }
        object.string("client", nullable: true, "The client's name") { $0.clientName }
        object.string("title") { $0.title }
        object.string("description", nullable: true) { $0.description }
        object.string("status", values: Status.allCases.map(\.rawValue)) { $0.status.rawValue }
        object.money("subtotal", "Sum of the items") { $0.subtotal }
        object.string("discount_type", nullable: true, "percentage or fixed") { $0.discountType }
        object.money("discount_amount", "Percent or amount, as discount_type says") { $0.discountAmount }
        object.money("discount_value", "What the discount takes off") { $0.discountValue }
        object.string("discount_reason", nullable: true) { $0.discountReason }
        object.string("coupon_code", nullable: true) { $0.couponCode }
        object.money("subtotal_after_discount") { $0.subtotal - $0.discountValue }
        object.money("tax_rate", "Percent") { $0.taxRate }
        object.money("tax_amount") { $0.taxAmount }
        object.money("total_amount") { $0.total }
        object.string("currency_code") { $0.currency }
        object.date("valid_until", nullable: true) { $0.validUntil }
        object.instant("sent_at", nullable: true) { $0.sentAt }
        object.instant("accepted_at", nullable: true) { $0.acceptedAt }
        object.instant("rejected_at", nullable: true) { $0.rejectedAt }
        object.integer("project_id", nullable: true) { $0.projectID }
        object.integer("created_by") { $0.createdBy }
        object.integer("accepted_by", nullable: true) { $0.acceptedBy }
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
    var audience: Audience { .owner(createdBy) }
}
