/// The form of a project (``ProjectInput``).
enum ProjectForm {
    static let statuses = ProjectStatus.allCases.map { FormField.Option(value: $0.rawValue, name: $0.displayName) }

    /// - Parameter mayMakeClient: whether a client can be made with the project.
    static func fields(_ clients: [FormField.Option], mayMakeClient: Bool = false) -> [FormField] {
        let newClient = FormField(
            name: "new_client", label: "Or a new client", hint: "Its name; it is made together with the project.",
            maxLength: 200, emptiness: .absent)
        return [
            FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
            FormField(
                name: "client_id", label: "Client", control: .select(clients), isRequired: !mayMakeClient,
                emptiness: .absent),
        ] + (mayMakeClient ? [newClient] : []) + [
            FormField(name: "code", label: "Code", hint: "A short name for lists; in capitals.", maxLength: 20),
            FormField(name: "description", label: "Description", control: .area(rows: 4), maxLength: 100_000),
            FormField(name: "billable", label: "Billable", control: .check),
            FormField(
                name: "hourly_rate", label: "Hourly rate", hint: "Empty: the client’s rate.", maxLength: 20,
                inputMode: "decimal", isShort: true),
            FormField(name: "budget_amount", label: "Budget", maxLength: 20, inputMode: "decimal", isShort: true),
            FormField(
                name: "budget_threshold_percent", label: "Warn at this share of the budget (%)", maxLength: 3,
                emptiness: .absent, inputMode: "numeric", isShort: true),
            FormField(
                name: "estimated_hours", label: "Estimated hours", maxLength: 20, inputMode: "decimal", isShort: true),
            FormField(name: "billing_ref", label: "Billing reference", maxLength: 100, isShort: true),
            FormField(name: "status", label: "Status", control: .select(statuses), emptiness: .absent, isShort: true),
            FormField(name: "color", label: "Colour", hint: "Such as #1f5fbf.", maxLength: 7, isShort: true),
        ]
    }

    static func values(_ project: Project) -> [String: String] {
        func money(_ value: Money?) -> String { value?.text ?? "" }
        return [
            "name": project.name, "client_id": "\(project.clientID)", "code": project.code ?? "",
            "description": project.description ?? "", "billable": project.isBillable ? "on" : "",
            "hourly_rate": money(project.hourlyRate), "budget_amount": money(project.budgetAmount),
            "budget_threshold_percent": "\(project.budgetThreshold)",
            "estimated_hours": project.estimatedHours.map(PersonFormat.plain) ?? "",
            "billing_ref": project.billingRef ?? "",
            "status": project.status.rawValue, "color": project.color ?? "",
        ]
    }
}
