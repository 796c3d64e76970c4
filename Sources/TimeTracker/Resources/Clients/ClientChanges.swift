/// What somebody wants to set on a client.
struct ClientChanges: Sendable {
    var name: Presence<String> = .absent
    var description: Presence<String> = .absent
    var contactPerson: Presence<String> = .absent
    var email: Presence<String> = .absent
    var company: Presence<String> = .absent
    var phone: Presence<String> = .absent
    var address: Presence<String> = .absent
    var status: Presence<String> = .absent
    var customFields: Presence<String> = .absent
    var rate: Presence<Int64> = .absent
    var prepaidHours: Presence<Int64> = .absent
    var prepaidResetDay: Presence<Int64> = .absent

    func apply(to client: inout Client) {
        client.name = name.value ?? client.name
        client.description = description.orKeep(client.description)
        client.contactPerson = contactPerson.orKeep(client.contactPerson)
        client.email = email.orKeep(client.email).flatMap { $0.isEmpty ? nil : $0 }
        client.company = company.orKeep(client.company)
        client.phone = phone.orKeep(client.phone)
        client.address = address.orKeep(client.address)
        client.defaultHourlyRate = rate.orKeep(client.defaultHourlyRate)
        client.status = status.value ?? client.status
        client.prepaidHoursMonthly = prepaidHours.orKeep(client.prepaidHoursMonthly)
        client.prepaidResetDay = prepaidResetDay.value ?? client.prepaidResetDay
        client.customFields = customFields.orKeep(client.customFields) ?? "{}"
    }
}

extension Client {
    /// A client with the defaults of behaviour.md §4.1, not stored yet.
    static let new = Client(
        id: 0, name: "", status: "active", prepaidResetDay: 1, customFields: "{}", createdAt: 0, updatedAt: 0,
        totalProjects: 0,
        activeProjects: 0)
}
