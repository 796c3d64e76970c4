/// Resources whose objects ``ObjectStore`` keeps.
enum PlainResources {
    static let models: [any StoredObject.Type] = [Client.self, StockItem.self, Warehouse.self]
}
