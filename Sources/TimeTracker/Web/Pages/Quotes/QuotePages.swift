import HTTPTypes
import Postgres

/// `/quotes`: the list, the page of a quote and its print view (behaviour.md §12.15).
enum QuotePages {
    static let home = "/quotes"

    static let routes =
        [
            route(.get, home, "Quotes", list),
            route(.get, home + "/{id}", "Page of a quote", shows: .quote, show),
            route(.get, home + "/{id}/print", "A quote to print", printed),
            route(.post, home + "/{id}/status", "Move a quote to another state", move),
            route(.post, home + "/{id}/delete", "Delete a quote", delete),
        ] + QuoteFormPages.routes

    static func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, shows: EntityType? = nil,
        _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            method, path: path, summary: summary, access: .page(.action(of: home)), module: .quotes,
            bodyLimit: BodyLimit.longText, response: .string(), shows: shows, handler: handler)
    }

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let choosing = FormOptions.clients(call)
        let finding = try await Findings.of { try await QuoteResource.found(call) }
        let quotes = finding.value?.quotes ?? []
        var query = call.query
        let statuses =
            [FormField.Option(value: "", name: "All")]
            + QuoteForm.statuses.map { FormField.Option(value: $0.status.rawValue, name: $0.label) }
        let clients = [FormField.Option(value: "", name: "All")] + (try await choosing)
        let pagination = finding.value?.pagination ?? Pagination(PageRequest(page: 1, perPage: 50), total: 0)
        let values: [String: Any] = [
            "quotes": quotes.map { row($0, call) }, "has_quotes": !quotes.isEmpty,
            "statuses_html": FormOptions.html(statuses, chosen: query.text("status") ?? ""),
            "clients_html": FormOptions.html(clients, chosen: query.text("client_id") ?? ""),
            "is_filtered": call.isFiltered, "has_problems": finding.problems != nil,
            "problems": finding.problems?.listed([]) ?? [],
        ]
        return call.page(
            "quotes", title: "Quotes", .quotes, try await loading,
            status: finding.problems == nil ? .ok : .unprocessableContent,
            values.merging(pagination.values(call.exchange)) { $1 }
                .merging(APISnippet.values(call, "/quotes", key: "quotes")) { $1 })
    }

    static func row(_ quote: Quote, _ call: Call) -> [String: Any] {
        [
            "id": "\(quote.id)", "number": quote.number, "name": quote.title, "client": quote.clientName ?? "",
            "client_id": "\(quote.clientID)", "status": QuoteForm.label(quote.status),
            "status_class": quote.status.rawValue, "valid": quote.validUntil.map(call.format.date) ?? "",
            "is_overdue": quote.isExpired && (quote.status == .sent || quote.status == .draft),
            "total": "\(quote.total.text) \(quote.currency)",
        ]
    }

    // MARK: Page

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let quote = try await QuoteStore.find(call.id(), call.context)
        return try await page(call, quote, try await loading)
    }

    private static func page(_ call: Call, _ quote: Quote, _ frame: Frame, problems: FormProblems? = nil) async throws
        -> Reply
    {
        let stamps = [
            ("Made", quote.createdAt), ("Sent", quote.sentAt), ("Accepted", quote.acceptedAt),
            ("Rejected", quote.rejectedAt),
        ].compactMap { label, instant in instant.map { (label, $0) } }
        let walls = try await Moments.walls(of: stamps.map(\.1.microseconds), zone: call.zone, call.db)
        var values = row(quote, call).merging(details(quote, call.format)) { $1 }
        values["stamps"] = zip(stamps, walls).map { ["label": $0.0, "value": call.format.moment($1)] }
        let isOwn = quote.isOwned(by: call.principal)
        values["can_delete"] = call.principal.isWriter && (isOwn || call.principal.isAdmin)
        values["moves"] = moves(quote, call.principal)
        values["is_visible_to_client"] = quote.isVisibleToClient
        values["has_problems"] = problems != nil
        values["problems"] = problems?.listed([]) ?? []
        return call.page(
            "quote", title: "\(quote.number) \(quote.title)", .quotes, frame,
            status: problems == nil ? .ok : .unprocessableContent, values)
    }

    /// What page and print view have in common.
    private static func details(_ quote: Quote, _ format: PersonFormat) -> [String: Any] {
        func text(_ value: String?, _ key: String) -> [(String, Any)] {
            [(key, value ?? ""), ("has_\(key)", value?.isEmpty == false)]
        }
        var values = QuoteForm.sumValues(quote)
        let texts =
            text(quote.description, "description") + text(quote.notes, "notes") + text(quote.terms, "terms")
            + text(quote.paymentTerms, "payment_terms") + text(quote.couponCode, "coupon_code")
            + text(quote.discountReason, "discount_reason")
        for (key, value) in texts { values[key] = value }
        values["has_valid"] = quote.validUntil != nil
        values["has_discount"] = quote.discountValue > .zero
        values["discount_label"] =
            quote.discountType == .percentage
            ? "Discount (\(PersonFormat.quantity(quote.discountAmount)) %)" : "Discount"
        values["has_tax"] = quote.taxRate > .zero
        values["tax_rate"] = PersonFormat.quantity(quote.taxRate)
        values["currency"] = quote.currency
        values["has_lines"] = !quote.items.isEmpty
        values["lines"] = quote.items.enumerated().map { index, item in
            let details = [item.category, item.sku, item.lineDate.map(format.date)].compactMap(\.self)
            let name = item.displayName ?? item.description
            return [
                "number": "\(index + 1)", "text": name, "note": item.description,
                "has_note": name != item.description, "details": details.joined(separator: " · "),
                "has_details": !details.isEmpty, "quantity": PersonFormat.quantity(item.quantity),
                "unit": item.unit ?? "", "price": item.unitPrice.text, "amount": item.total.text,
            ] as [String: Any]
        }
        return values
    }

    /// Where the quote can go from here (``Quote/move(to:by:)``).
    private static func moves(_ quote: Quote, _ principal: Principal) -> [[String: Any]] {
        let possible: [(status: Quote.Status, label: String, isMain: Bool)] = [
            (.sent, "Mark as sent", true), (.accepted, "Accepted", true), (.rejected, "Rejected", false),
            (.expired, "Expired", false), (.draft, "Back to draft", false),
        ]
        return possible.filter { move in
            guard move.status != quote.status else { return false }
            var copy = quote
            return (try? copy.move(to: move.status, by: principal)) != nil
        }.map { ["to": $0.status.rawValue, "move": $0.label, "is_main": $0.isMain] }
    }

    // MARK: Actions

    @Sendable private static func move(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let members: [(String, JSONValue)] = [("status", .string(RawText(form.text("status") ?? "")))]
        switch try await call.carryOut(
            QuoteInput.update, members, form: form, { try await QuoteResource.update($0, if: { _ in }) })
        {
        case .done: return call.seeOther("\(home)/\(call.pathID)", .quoteMoved)
        case .refused(let problems):
            async let loading = Frame.load(call)
            let quote = try await QuoteStore.find(call.id(), call.context)
            return try await page(call, quote, try await loading, problems: problems)
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        _ = try await call.carryOut(QuoteInput.update, [], form: form, QuoteResource.delete)
        return call.seeOther(home, .quoteDeleted)
    }

    // MARK: Print

    /// From whom a letter is, and to whom.
    private struct Letterhead: RowProjection {
        var companyName = ""
        var companyAddress = ""
        var companyEmail = ""
        var companyPhone = ""
        var companyWebsite = ""
        var clientName: String?
        var clientCompany: String?
        var contactPerson: String?
        var clientAddress: String?

        static let table = "settings"
        static let alias = "s"
        static let selected = selectList()

        /// Over `settings s` and `clients c`.
        static func map(_ row: inout some ColumnVisitor, _ letterhead: inout Letterhead) {
            row.column("company_name", &letterhead.companyName)
            row.column("company_address", &letterhead.companyAddress)
            row.column("company_email", &letterhead.companyEmail)
            row.column("company_phone", &letterhead.companyPhone)
            row.column("company_website", &letterhead.companyWebsite)
            row.computed("c.name", &letterhead.clientName)
            row.computed("c.company", &letterhead.clientCompany)
            row.computed("c.contact_person", &letterhead.contactPerson)
            row.computed("c.address", &letterhead.clientAddress)
        }

        var companyLines: [String] {
            [companyAddress, companyEmail, companyPhone, companyWebsite].filter { !$0.isEmpty }
        }

        var addressee: String {
            guard let clientCompany, !clientCompany.isEmpty else { return clientName ?? "" }
            return clientCompany
        }

        var addressLines: [String] { [contactPerson, clientAddress].compactMap(\.self).filter { !$0.isEmpty } }
    }

    private static let addressing = """
        select \(Letterhead.selected)
        from settings s left join quotes q on q.id = $1 left join clients c on c.id = q.client_id
        """

    /// A letter: nothing of the application but a button, on paper nothing at all.
    @Sendable private static func printed(_ call: Call) async throws -> Reply {
        async let addressed = call.db.query(Statement(addressing, [.int(call.pathID)]))
        let quote = try await QuoteStore.find(call.id(), call.context)
        guard let letterhead = try await addressed.first.map({ try Letterhead($0) }) else {
            throw APIError.internalError
        }
        let walls = try await Moments.walls(
            of: [(quote.sentAt ?? quote.createdAt).microseconds], zone: call.zone, call.db)
        var values = Self.row(quote, call).merging(details(quote, call.format)) { $1 }
        values["date"] = call.format.date(InstantFormat.split(walls[0]).days)
        values["company"] = letterhead.companyName
        values["company_lines"] = letterhead.companyLines
        values["addressee"] = letterhead.addressee
        values["address_lines"] = letterhead.addressLines
        return Page.render("quote_print", title: "\(quote.number) \(quote.title)", call.exchange, app: call.app, values)
    }
}
