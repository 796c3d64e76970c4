/// What somebody wants to set on a project.
struct ProjectChanges: Sendable {
    var name: Presence<String> = .absent
    var clientID: Presence<ID<Client>> = .absent
    var description: Presence<String> = .absent
    var code: Presence<String> = .absent
    var billingRef: Presence<String> = .absent
    var color: Presence<String> = .absent
    var customFields: Presence<JSONText> = .absent
    var status: Presence<ProjectStatus> = .absent
    var billable: Presence<Bool> = .absent
    var hourlyRate: Presence<Money> = .absent
    var budgetAmount: Presence<Money> = .absent
    var threshold: Presence<Int64> = .absent
    var estimatedHours: Presence<Double> = .absent

    /// - Parameter client: the client that ``clientID`` names, if it was sent.
    func apply(to project: inout Project, client: Client?, actor: ID<User>) {
        project.name = name.value ?? project.name
        if let client {
            project.clientID = client.id
            project.clientName = client.name
            project.clientRate = client.defaultHourlyRate
        }
        project.description = description.orKeep(project.description)
        project.isBillable = billable.value ?? project.isBillable
        project.hourlyRate = hourlyRate.orKeep(project.hourlyRate)
        project.budgetAmount = budgetAmount.orKeep(project.budgetAmount)
        project.estimatedHours = estimatedHours.orKeep(project.estimatedHours)
        project.code = code.orKeep(project.code)?.uppercased()
        project.billingRef = billingRef.orKeep(project.billingRef)
        project.budgetThreshold = threshold.value ?? project.budgetThreshold
        project.color = color.orKeep(project.color)
        project.customFields = customFields.orKeep(project.customFields) ?? .emptyObject
        if let status = status.value { project.move(to: status, by: actor) }
    }
}

extension Project {
    mutating func archive(by actor: ID<User>) {
        status = .archived
        archivedAt = .now()
        archivedBy = actor
        archivedReason = "Archived via API"
    }

    /// Archive metadata follows the status (behaviour.md §4.5).
    mutating func move(to status: ProjectStatus, by actor: ID<User>) {
        guard status != self.status else { return }
        if status == .archived { return archive(by: actor) }
        self.status = status
        archivedAt = nil
        archivedBy = nil
        archivedReason = nil
    }
}
