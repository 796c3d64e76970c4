import Postgres

/// The form of a quote (``QuoteInput``): fields, lines, and the sums that the server makes of them.
struct QuoteForm {
    static let statuses: [(status: Quote.Status, label: String)] = [
        (.draft, "Draft"), (.sent, "Sent"), (.accepted, "Accepted"), (.rejected, "Rejected"), (.expired, "Expired"),
    ]

    static func label(_ status: Quote.Status) -> String { statuses.first { $0.status == status }?.label ?? "" }

    private static func head(_ clients: [FormField.Option]) -> [FormField] {
        [
            FormField(
                name: "client_id", label: "Client", control: .select(clients), isRequired: true, emptiness: .absent),
            FormField(name: "title", label: "Title", isRequired: true, maxLength: 200, emptiness: .text),
            FormField(
                name: "description", label: "Introduction", control: .area(rows: 3), hint: "Stands above the lines.",
                maxLength: 100_000),
            FormField(name: "valid_until", label: "Valid until", control: .input("date"), isShort: true),
            FormField(
                name: "currency_code", label: "Currency", hint: "Three letters.", maxLength: 3, isShort: true),
            FormField(name: "payment_terms", label: "Payment terms", maxLength: 100, placeholder: "30 days net"),
        ]
    }

    private static let sums = [
        FormField(
            name: "discount_type", label: "Discount",
            control: .select([
                .init(value: "", name: "None"), .init(value: "percentage", name: "Percent"),
                .init(value: "fixed", name: "Amount"),
            ]), isShort: true),
        FormField(
            name: "discount_amount", label: "% or amount", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(name: "tax_rate", label: "Tax (%)", maxLength: 10, inputMode: "decimal", isShort: true),
        FormField(name: "discount_reason", label: "Reason for the discount", maxLength: 500),
        FormField(name: "coupon_code", label: "Coupon code", maxLength: 50, isShort: true),
    ]

    private static let closing = [
        FormField(name: "notes", label: "Notes", control: .area(rows: 3), maxLength: 10_000),
        FormField(name: "terms", label: "Terms", control: .area(rows: 3), maxLength: 10_000),
        FormField(name: "visible_to_client", label: "Visible to the client", control: .check),
    ]

    /// Stands for the lines among what is wrong.
    private static let lines = FormField(name: "items", label: "Lines")

    static func fields(_ clients: [FormField.Option]) -> [FormField] { head(clients) + sums + closing }

    // MARK: What is sent

    /// What somebody has typed.
    struct Typed {
        let form: FormBody
        let lines: [QuoteLine]

        /// - Throws: ``APIError`` 400 for what no form of ours sends.
        init(_ form: FormBody) throws {
            self.form = form
            lines = try QuoteLine.read(form)
        }

        /// Whether the lines are part of the form (``QuoteLine/most``).
        var hasLines: Bool { form.text("has_lines") != nil }

        /// The members of the operation's body, or why lines name things that don't exist.
        func members(_ db: PostgresClient) async throws -> Result<[(String, JSONValue)], FormProblems> {
            var members = QuoteForm.fields([]).compactMap { field in
                field.value(in: form).map { (field.member ?? field.name, $0) }
            }
            guard hasLines else { return .success(members) }
            let known = try await StockNames.find(lines, db)
            for (index, line) in lines.enumerated() {
                if let problem = known.problem(with: line) {
                    return .failure(FormProblems("items", "Item \(index + 1): \(problem)"))
                }
            }
            members.append(
                ("items", .array(lines.map { $0.member(known) })))
            return .success(members)
        }

        /// The sums of what is typed, by the rules by which they will be stored; nothing is stored.
        func totals(_ call: Call) -> Result<Quote, FormProblems> {
            var object = JSONObject()
            for field in sums { if let value = field.value(in: form) { object.set(RawText(field.name), value) } }
            if let currency = QuoteForm.head([]).first(where: { $0.name == "currency_code" })?.value(in: form) {
                object.set("currency_code", currency)
            }
            object.set("items", .array(lines.map { $0.member(StockNames()) }))
            do {
                var input = QuoteInput.create.read(.object(object), partial: true)
                let changes = QuoteChanges(&input, isUpdate: false)
                try input.finish()
                var quote = Quote(currency: call.settings.currency, createdBy: ID(call.principal.userID))
                try changes.apply(to: &quote, call.context)
                return .success(quote)
            } catch {
                return .failure(FormProblems(error) ?? FormProblems(general: "The sums could not be made."))
            }
        }
    }

    // MARK: What is shown

    let fields: [FormField]
    var view: FormView
    var shown: [QuoteLine]
    /// What is wrong with a line, by its number from 1.
    private var lineProblems: [Int: String] = [:]
    /// Sums, if they can be made.
    var quote: Quote?

    /// An empty one, or that of a stored quote.
    init(clients: [FormField.Option], values: [String: String], lines: [QuoteLine], quote: Quote?) {
        fields = Self.fields(clients)
        view = FormView(fields, values: values)
        shown = lines
        self.quote = quote
    }

    /// What was typed, once more.
    init(clients: [FormField.Option], typed: Typed, problems: FormProblems?, quote: Quote?) {
        fields = Self.fields(clients)
        view = FormView(fields, typed: typed.form, problems)
        shown = typed.lines
        self.quote = quote
        // "Item 3: quantity: Not a valid number."
        for text in (problems?.text(for: Self.lines) ?? "").split(separator: "Item ") {
            let parts = text.split(separator: ": ", maxSplits: 1)
            if parts.count == 2, let number = Int(parts[0]) { lineProblems[number] = String(parts[1]) }
        }
    }

    static func values(_ quote: Quote) -> [String: String] {
        [
            "client_id": "\(quote.clientID)", "title": quote.title, "description": quote.description ?? "",
            "valid_until": quote.validUntil?.text ?? "", "currency_code": quote.currency,
            "payment_terms": quote.paymentTerms ?? "", "discount_type": quote.discountType?.rawValue ?? "",
            "discount_amount": quote.discountType == nil ? "" : PersonFormat.quantity(quote.discountAmount),
            "tax_rate": PersonFormat.quantity(quote.taxRate), "discount_reason": quote.discountReason ?? "",
            "coupon_code": quote.couponCode ?? "", "notes": quote.notes ?? "", "terms": quote.terms ?? "",
            "visible_to_client": quote.isVisibleToClient ? "on" : "",
        ]
    }

    /// - Parameter spare: lines that are added empty.
    func context(spare: Int) -> [String: Any] {
        var context = view.context
        let described = context["fields"] as? [[String: Any]] ?? []
        let (first, second) = (Self.head([]).count, Self.head([]).count + Self.sums.count)
        context["head_fields"] = Array(described[..<first])
        context["sum_fields"] = Array(described[first..<second])
        context["closing_fields"] = Array(described[second...])
        context["fields"] = [[String: Any]]()
        if let problems = view.problems { context["problems"] = problems.listed(fields + [Self.lines]) }
        let room = max(0, min(spare, QuoteLine.most - shown.count))
        context["lines"] = (shown + Array(repeating: QuoteLine(), count: room)).enumerated().map { index, line in
            let amount = (quote?.items).flatMap { $0.indices.contains(index) ? $0[index].total.text : nil }
            return line.values(number: index + 1, amount: amount ?? "–", problem: lineProblems[index + 1])
        }
        context["has_more"] = shown.count + room < QuoteLine.most
        context.merge(Self.sumValues(quote)) { $1 }
        return context
    }

    /// The sums as a page or a script shows them; dashes when they can't be made.
    static func sumValues(_ quote: Quote?) -> [String: Any] {
        guard let quote else {
            return ["sub_sum": "–", "discount_sum": "–", "after_sum": "–", "tax_sum": "–", "total_sum": "–"]
        }
        return [
            "sub_sum": quote.subtotal.text, "discount_sum": quote.discountValue.text,
            "after_sum": (quote.subtotal - quote.discountValue).text, "tax_sum": quote.taxAmount.text,
            "total_sum": "\(quote.total.text) \(quote.currency)",
        ]
    }
}
