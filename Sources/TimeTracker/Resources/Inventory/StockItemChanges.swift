/// What somebody wants to set on a stock item.
struct StockItemChanges: Sendable {
    var sku: Presence<String> = .absent
    var name: Presence<String> = .absent
    var description: Presence<String> = .absent
    var category: Presence<String> = .absent
    var unit: Presence<String> = .absent
    var currency: Presence<String> = .absent
    var barcode: Presence<String> = .absent
    var supplier: Presence<String> = .absent
    var supplierSKU: Presence<String> = .absent
    var imageURL: Presence<String> = .absent
    var notes: Presence<String> = .absent
    var defaultCost: Presence<Int64> = .absent
    var defaultPrice: Presence<Int64> = .absent
    var reorderPoint: Presence<Int64> = .absent
    var reorderQuantity: Presence<Int64> = .absent
    var isActive: Presence<Bool> = .absent
    var isTrackable: Presence<Bool> = .absent

    func apply(to item: inout StockItem) {
        item.sku = sku.value?.uppercased() ?? item.sku
        item.name = name.value ?? item.name
        item.description = description.orKeep(item.description)
        item.category = category.orKeep(item.category)
        item.unit = unit.orKeep(item.unit) ?? "pcs"
        item.defaultCost = defaultCost.orKeep(item.defaultCost)
        item.defaultPrice = defaultPrice.orKeep(item.defaultPrice)
        item.currency = currency.orKeep(item.currency) ?? "EUR"
        item.barcode = barcode.orKeep(item.barcode)
        item.isActive = isActive.value ?? item.isActive
        item.isTrackable = isTrackable.value ?? item.isTrackable
        item.reorderPoint = reorderPoint.orKeep(item.reorderPoint)
        item.reorderQuantity = reorderQuantity.orKeep(item.reorderQuantity)
        item.supplier = supplier.orKeep(item.supplier)
        item.supplierSKU = supplierSKU.orKeep(item.supplierSKU)
        item.imageURL = imageURL.orKeep(item.imageURL)
        item.notes = notes.orKeep(item.notes)
    }
}
