import HTTPTypes
import Postgres

/// The form of a quote: made, changed, and its sums while it is typed.
enum QuoteFormPages {
    private static let home = QuotePages.home

    static let routes = [
        QuotePages.route(.get, home + "/new", "Page to make a quote") { call in
            try call.principal.requireWriter()
            var query = call.query
            let client = query.text("client_id") ?? ""
            let values = ["client_id": client, "currency_code": call.settings.currency]
            return try await page(call, nil) { QuoteForm(clients: $0, values: values, lines: [], quote: nil) }
        },
        QuotePages.route(.post, home + "/new", "Make a quote", create),
        QuotePages.route(.get, home + "/{id}/edit", "Page to change a quote") { call in
            try call.principal.requireWriter()
            let quote = try await QuoteStore.find(call.id(), call.context)
            let names = try await StockNames.names(quote, call.db)
            let lines = quote.items.prefix(QuoteLine.most).map {
                QuoteLine($0, skus: names.skus, codes: names.codes)
            }
            return try await page(call, quote) {
                QuoteForm(clients: $0, values: QuoteForm.values(quote), lines: Array(lines), quote: quote)
            }
        },
        QuotePages.route(.post, home + "/{id}/edit", "Change a quote", update),
        QuotePages.route(.post, home + "/totals", "Sums of a quote that is typed", totals),
    ]

    // MARK: Sums

    /// For scripts; stores nothing.
    @Sendable private static func totals(_ call: Call) async throws -> Reply {
        let typed = try QuoteForm.Typed(try call.exchange.form)
        let result = typed.totals(call)
        let quote = try? result.get()
        return .json { json in
            json.beginObject()
            json.key("lines")
            json.beginArray()
            for item in quote?.items ?? [] { json.value(item.total.text) }
            json.endArray()
            for (key, value) in QuoteForm.sumValues(quote) {
                json.key(JSONKey(name: key))
                json.value(value as? String ?? "–")
            }
            json.key("problem")
            if case .failure(let problems) = result {
                json.value(problems.texts.joined(separator: " "))
            } else {
                json.value("")
            }
            json.endObject()
        }
    }

    // MARK: Saving

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        let typed = try QuoteForm.Typed(try call.exchange.form)
        if let reply = try await askedForMore(call, nil, typed) { return reply }
        let problems: FormProblems
        switch try await typed.members(call.db) {
        case .failure(let found): problems = found
        case .success(let members):
            switch try await call.carryOut(QuoteInput.create, members, form: typed.form, QuoteResource.create) {
            case .done(let answer):
                return call.seeOther(answer.id(of: "quote").map { "\(home)/\($0)" } ?? home, .quoteSaved)
            case .refused(let found): problems = found
            }
        }
        return try await again(call, nil, typed, problems)
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        let typed = try QuoteForm.Typed(try call.exchange.form)
        if typed.form.text("act") != nil {
            let quote = try await QuoteStore.find(call.id(), call.context)
            if let reply = try await askedForMore(call, quote, typed) { return reply }
        }
        let problems: FormProblems
        switch try await typed.members(call.db) {
        case .failure(let found): problems = found
        case .success(let members):
            let seen = typed.form.text("seen").flatMap { Int64($0) }
            let result = try await call.carryOut(QuoteInput.update, members, form: typed.form) { call in
                try await QuoteResource.update(call) { stored in
                    guard seen == nil || seen == stored.updatedAt.microseconds else {
                        throw APIError.preconditionFailed
                    }
                }
            }
            switch result {
            case .done: return call.seeOther("\(home)/\(call.pathID)", .quoteSaved)
            case .refused(let found):
                problems =
                    found.code == APIError.preconditionFailed.code
                    ? FormProblems(
                        general: "Somebody has changed this quote meanwhile. Save again to replace what they wrote.")
                    : found
            }
        }
        return try await again(call, try await QuoteStore.find(call.id(), call.context), typed, problems)
    }

    /// Without scripts the form is sent for more lines or for its sums; nothing is stored then.
    private static func askedForMore(_ call: Call, _ quote: Quote?, _ typed: QuoteForm.Typed) async throws -> Reply? {
        guard let act = typed.form.text("act") else { return nil }
        return try await page(call, quote, spare: act == "lines" ? 8 : QuoteLine.spare, keepsOpen: true) {
            switch typed.totals(call) {
            case .success(let sums): QuoteForm(clients: $0, typed: typed, problems: nil, quote: sums)
            case .failure(let problems): QuoteForm(clients: $0, typed: typed, problems: problems, quote: nil)
            }
        }
    }

    private static func again(_ call: Call, _ quote: Quote?, _ typed: QuoteForm.Typed, _ problems: FormProblems)
        async throws -> Reply
    {
        let sums = try? typed.totals(call).get()
        return try await page(call, quote) {
            QuoteForm(clients: $0, typed: typed, problems: problems, quote: sums)
        }
    }

    // MARK: Page

    /// Stock items and warehouses that lines can name, as long as there aren't more than a page carries.
    private static let stock = """
        (select true as is_item, sku, name, coalesce(default_price::text, ''), unit from stock_items
         where is_active order by sku limit 300)
        union all
        (select false, code, name, '', '' from warehouses where is_active order by code limit 100)
        """

    private static func page(
        _ call: Call, _ quote: Quote?, spare: Int = QuoteLine.spare, keepsOpen: Bool = false,
        _ form: ([FormField.Option]) -> QuoteForm
    ) async throws -> Reply {
        let hasStock = call.settings.opens(.inventory, to: call.principal)
        async let loading = Frame.load(call)
        async let choosing = FormOptions.clients(call)
        let rows = hasStock ? Array(try await call.db.query(Statement(stock))) : []
        let chosen = quote.map { FormField.Option(value: "\($0.clientID)", name: $0.clientName ?? "") }
        let made = form(FormOptions.choice(try await choosing, none: "Choose a client", chosen: chosen))
        let address = quote.map { "\(home)/\($0.id)" }
        var values = made.context(spare: spare)
        let heading = quote.map { "Change \($0.number)" } ?? "New quote"
        values["heading"] = heading
        values["action"] = address.map { $0 + "/edit" } ?? home + "/new"
        values["back"] = address ?? home
        values["seen"] = quote.map { "\($0.updatedAt.microseconds)" } ?? ""
        values["has_stock"] = hasStock
        values["stock"] = try rows.filter { try $0.scalar(0) }.map { row -> [String: String] in
            [
                "sku": try row.scalar(1), "name": try row.scalar(2), "price": try row.scalar(3),
                "unit": try row.scalar(4),
            ]
        }
        values["warehouses"] = try rows.filter { try !$0.scalar(0) }.map { row -> [String: String] in
            ["code": try row.scalar(1), "name": try row.scalar(2)]
        }
        let count = quote?.items.count ?? 0
        values["has_lines"] = count <= QuoteLine.most
        values["line_count"] = "\(count)"
        values["is_settled"] = quote.map { $0.status != .draft } ?? false
        values["status"] = quote.map { QuoteForm.label($0.status).lowercased() } ?? ""
        values["script_quote"] = StaticAssets.quote.path
        let isRefused = made.view.problems != nil && !keepsOpen
        return call.page(
            "quote_form", title: heading, .quotes, try await loading, status: isRefused ? .unprocessableContent : .ok,
            values)
    }
}
