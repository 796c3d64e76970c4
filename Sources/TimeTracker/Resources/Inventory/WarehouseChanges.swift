/// What somebody wants to set on a warehouse.
struct WarehouseChanges: Sendable {
    var name: Presence<String> = .absent
    var code: Presence<String> = .absent
    var address: Presence<String> = .absent
    var contactPerson: Presence<String> = .absent
    var contactEmail: Presence<String> = .absent
    var contactPhone: Presence<String> = .absent
    var notes: Presence<String> = .absent
    var isActive: Presence<Bool> = .absent

    func apply(to warehouse: inout Warehouse) {
        warehouse.name = name.value ?? warehouse.name
        warehouse.code = code.value?.uppercased() ?? warehouse.code
        warehouse.address = address.orKeep(warehouse.address)
        warehouse.contactPerson = contactPerson.orKeep(warehouse.contactPerson)
        warehouse.contactEmail = contactEmail.orKeep(warehouse.contactEmail)
        warehouse.contactPhone = contactPhone.orKeep(warehouse.contactPhone)
        warehouse.isActive = isActive.value ?? warehouse.isActive
        warehouse.notes = notes.orKeep(warehouse.notes)
    }
}
