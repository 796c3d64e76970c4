import HTTPTypes
import Postgres

/// `/clients`: the list, the page of a client, its form.
enum ClientPages {
    private static let home = "/clients"

    private static let pages = ObjectPages<Client>(
        home: home, place: .clients, objects: ClientResource.objects, list: list, page: show,
        fields: { _ in ClientForm.fields })

    private static let list = ObjectList<Client>(
        title: "Clients", first: "Client",
        columns: [
            .text("Contact", \.contactPerson), .text("Email", \.email),
            .status("Status") { client, _ in status(client) },
            .number("Active projects") { client, _ in activeProjects(client) },
            .number("Rate") { client, format in client.defaultHourlyRate.map { format.money($0) } },
        ], empty: "Projects belong to clients, so this is where to begin.",
        filters: { _ in
            [
                FormField(name: "search", label: "Name, company or email"),
                FormField(
                    name: "status", label: "Status",
                    control: .select(FormOptions.choice(ClientForm.statuses, none: "All"))),
            ]
        }, find: ClientResource.found)

    static let routes =
        pages.routes + [
            pages.route(.post, "/{id}/status", "Make a client active or inactive") { call in
                let form = try call.exchange.form
                let status = JSONValue.string(RawText(form.text("status") ?? ""))
                let result = try await call.carryOut(
                    ClientInput.body.schema, [("status", status)], form: form,
                    { try await $0.update(ClientInput.body, "client", "Saved") })
                if case .refused = result { throw APIError.malformedForm }
                return call.seeOther("\(home)/\(call.pathID)", .saved)
            }
        ]

    private static func activeProjects(_ client: Client) -> String {
        "\(client.activeProjects) of \(client.totalProjects)"
    }

    private static func status(_ client: Client) -> String { client.status == .active ? "Active" : "Inactive" }

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
        var values: [String: Any] = [
            "id": "\(client.id)", "name": client.name, "status": status(client), "status_class": client.status.rawValue,
            "projects": activeProjects(client),
        ]
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
        FormField(name: "name", label: "Name"), FormField(name: "company", label: "Company"),
        FormField(name: "contact_person", label: "Contact"),
        FormField(name: "email", label: "Email", maxLength: 200, isShort: true),
        FormField(name: "phone", label: "Phone", control: .input("tel"), isShort: true),
        FormField(name: "address", label: "Address", control: .area(rows: 3)),
        FormField(name: "description", label: "Description", control: .area(rows: 4)),
        FormField(name: "default_hourly_rate", label: "Hourly rate", isShort: true),
        FormField(name: "prepaid_hours_monthly", label: "Prepaid hours a month", isShort: true),
        FormField(name: "prepaid_reset_day", label: "Prepaid hours begin anew on day", isShort: true),
        FormField(name: "status", label: "Status", control: .select(statuses)),
    ]
}
