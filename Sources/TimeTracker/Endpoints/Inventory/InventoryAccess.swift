/// Who may use the inventory routes (behaviour.md §9.1).
enum InventoryAccess {
    static let read = Route.Access.token(.init("read:inventory", "read:projects"))
    static let write = Route.Access.token(.init("write:inventory", "write:projects"))
}
