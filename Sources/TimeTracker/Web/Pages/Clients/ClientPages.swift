import HTTPTypes
import Postgres

/// `/clients`: the list, the page of a client, its form.
enum ClientPages {
    private static let home = "/clients"

    private static let pages = ObjectPages<Client>(
        home: home, key: "client", place: .clients, module: .clients, body: ClientInput.body, saved: .clientSaved,
        fields: { _ in ClientForm.fields }, defaults: { _ in ["status": "active", "prepaid_reset_day": "1"] },
        name: \.name,
        values: ClientForm.values)

    static let routes =
        pages.routes + [
            pages.route(.get, "", "Clients", list),
            pages.route(.get, "/{id}", "Page of a client", show),
            pages.removal(.clientDeleted, refused: .clientInUse),
            pages.route(.post, "/{id}/status", "Make a client active or inactive") { call in
                let form = try call.exchange.form
                let status = JSONValue.string(RawText(form.text("status") ?? ""))
                let result = try await call.carryOut(
                    ClientInput.body.schema, [("status", status)], form: form,
                    { try await $0.update(ClientInput.body, "client", "Saved") })
                if case .refused = result { throw APIError.malformedForm }
                return call.seeOther("\(home)/\(call.pathID)", .clientSaved)
            },
        ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let (found, pagination) = try await ClientResource.found(call)
        let clients = try found.all()
        var query = call.query
        let statuses = [FormField.Option(value: "", name: "All")] + ClientForm.statuses
        let values: [String: Any] = [
            "clients": clients.map { row($0, call) }, "has_clients": !clients.isEmpty,
            "statuses_html": FormOptions.html(statuses, chosen: query.text("status") ?? ""),
            "search": query.text("search") ?? "",
            "is_filtered": query.text("search") != nil || query.text("status") != nil,
        ]
        return call.page(
            "clients", title: "Clients", .clients, try await loading,
            values.merging(pagination.values(call.exchange)) { $1 }
                .merging(APISnippet.values(call, "/clients", key: "clients")) { $1 })
    }

    private static func row(_ client: Client, _ call: Call) -> [String: Any] {
        [
            "id": "\(client.id)", "name": client.name, "company": client.company ?? "",
            "contact": client.contactPerson ?? "", "email": client.email ?? "",
            "status": client.status == .active ? "Active" : "Inactive", "status_class": client.status.rawValue,
            "projects": "\(client.activeProjects) of \(client.totalProjects)",
            "rate": client.defaultHourlyRate.map { call.format.money($0) } ?? "",
        ]
    }

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = ObjectStore<Client>.find(call.id(), call.context)
        async let listing = ProjectResource.found(
            call.asking(query: "status=all&per_page=100&client_id=\(call.pathID)"))
        async let summing = call.db.query(sums(ofClient: call.pathID))
        let client = try await finding
        let seesQuotes = call.settings.opens(.quotes, to: call.principal)
        let quotes =
            seesQuotes
            ? try await QuoteResource.found(call.asking(query: "per_page=20&client_id=\(client.id)")).quotes : []
        let projects = try await listing.0.all()
        func text(_ value: String?, _ label: String) -> [String: Any]? {
            value.flatMap { $0.isEmpty ? nil : ["label": label, "value": $0] }
        }
        var values = row(client, call)
        values["facts"] = [
            text(client.company, "Company"), text(client.contactPerson, "Contact"), text(client.email, "Email"),
            text(client.phone, "Phone"), text(client.address, "Address"),
            text(client.defaultHourlyRate.map { call.format.money($0) }, "Rate"),
            text(client.prepaidHoursMonthly.map { "\($0.text) a month" }, "Prepaid hours"),
        ].compactMap(\.self)
        values["description"] = client.description ?? ""
        values["has_description"] = client.description?.isEmpty == false
        values["client_projects"] = projects.map { ProjectPages.row($0, call) }
        values["has_projects"] = !projects.isEmpty
        values["has_nothing"] = client.totalProjects == 0
        values["is_active"] = client.status == .active
        values["shows_quotes"] = seesQuotes
        values["client_quotes"] = quotes.map { QuotePages.row($0, call) }
        values["has_quotes"] = !quotes.isEmpty
        let sums = try await summing.first
        values["hours"] = PersonFormat.hours(sums?.int(0) ?? 0)
        values["billable_hours"] = PersonFormat.hours(sums?.int(1) ?? 0)
        return call.page("client", title: client.name, .clients, try await loading, values)
    }

    /// Seconds and billable seconds of the client's projects.
    private static func sums(ofClient id: Int64) -> Statement {
        Statement(
            """
            select coalesce(sum(x.seconds), 0)::bigint, coalesce(sum(x.billable), 0)::bigint from (
                select \(EntryTotals.columns) from projects p \(EntryTotals.joins(ofProject: "p.id"))
                where p.client_id = $1) x (seconds, billable)
            """, [.int(id)])
    }
}

/// The form of a client (``ClientInput``).
enum ClientForm {
    static let statuses = [
        FormField.Option(value: "active", name: "Active"), FormField.Option(value: "inactive", name: "Inactive"),
    ]

    static let fields = [
        FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
        FormField(name: "company", label: "Company", maxLength: 200),
        FormField(name: "contact_person", label: "Contact", maxLength: 200),
        FormField(name: "email", label: "Email", control: .input("email"), maxLength: 200, isShort: true),
        FormField(name: "phone", label: "Phone", control: .input("tel"), maxLength: 50, isShort: true),
        FormField(name: "address", label: "Address", control: .area(rows: 3), maxLength: 2000),
        FormField(name: "description", label: "Description", control: .area(rows: 4), maxLength: 100_000),
        FormField(
            name: "default_hourly_rate", label: "Hourly rate", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(
            name: "prepaid_hours_monthly", label: "Prepaid hours a month", maxLength: 20, inputMode: "decimal",
            isShort: true),
        FormField(
            name: "prepaid_reset_day", label: "Prepaid hours begin anew on day", maxLength: 2, emptiness: .absent,
            inputMode: "numeric", isShort: true),
        FormField(name: "status", label: "Status", control: .select(statuses), emptiness: .absent),
    ]

    @Sendable static func values(_ client: Client) -> [String: String] {
        [
            "name": client.name, "company": client.company ?? "", "contact_person": client.contactPerson ?? "",
            "email": client.email ?? "", "phone": client.phone ?? "", "address": client.address ?? "",
            "description": client.description ?? "",
            "default_hourly_rate": client.defaultHourlyRate?.text ?? "",
            "prepaid_hours_monthly": client.prepaidHoursMonthly?.text ?? "",
            "prepaid_reset_day": "\(client.prepaidResetDay)", "status": client.status.rawValue,
        ]
    }
}
