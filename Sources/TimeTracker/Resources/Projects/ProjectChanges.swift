/// What somebody wants to set on a project.
struct ProjectChanges: Sendable {
    var name: Presence<String> = .absent
    var clientID: Presence<Int64> = .absent
    var description: Presence<String> = .absent
    var code: Presence<String> = .absent
    var billingRef: Presence<String> = .absent
    var color: Presence<String> = .absent
    var customFields: Presence<String> = .absent
    var status: Presence<String> = .absent
    var billable: Presence<Bool> = .absent
    var hourlyRate: Presence<Int64> = .absent
    var budgetAmount: Presence<Int64> = .absent
    var threshold: Presence<Int64> = .absent
    var estimatedHours: Presence<Double> = .absent

    /// - Parameter client: the client that ``clientID`` names, if it was sent.
    func apply(to project: inout Project, client: Client?, actor: Int64) {
        project.name = name.value ?? project.name
        if let client {
            project.clientID = client.id.number
            project.clientName = client.name
            project.clientRate = client.defaultHourlyRate?.hundredths
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
        project.customFields = customFields.orKeep(project.customFields) ?? "{}"
        if let status = status.value { project.move(to: status, by: actor) }
    }
}

extension Project {
    /// A project with the defaults of behaviour.md §4.4, not stored yet.
    static func new(name: String, clientID: Int64) -> Project {
        Project(
            id: 0, name: name, clientID: clientID, isBillable: true, status: "active", budgetThreshold: 80,
            customFields: "{}",
            createdAt: 0, updatedAt: 0, totalSeconds: 0, billableSeconds: 0)
    }

    mutating func archive(by actor: Int64) {
        status = "archived"
        archivedAt = WallClock.now()
        archivedBy = actor
        archivedReason = "Archived via API"
    }

    /// Archive metadata follows the status (behaviour.md §4.5).
    mutating func move(to status: String, by actor: Int64) {
        guard status != self.status else { return }
        if status == "archived" { return archive(by: actor) }
        self.status = status
        archivedAt = nil
        archivedBy = nil
        archivedReason = nil
    }
}
