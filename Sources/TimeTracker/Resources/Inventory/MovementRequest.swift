/// A movement of stock that somebody wants to record (behaviour.md §9.5).
struct MovementRequest: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case adjustment, sale, rent, purchase, `return`, waste, devaluation, usage, consumption
    }

    let stockItemID: ID<StockItem>
    let warehouseID: ID<Warehouse>
    /// Signed, never 0.
    let quantity: Quantity
    let kind: Kind
    let reason, notes, referenceType: String?
    let referenceID: Int64?
    let unitCost: Money?
    let isDevalued: Bool
    /// What is taken off; nil = what a piece costs then is told.
    let percent: Percent?
    let devaluedCost: Money?

    /// Cost of a piece after the devaluation.
    func devaluedCost(from cost: Money) -> Money {
        guard let percent else { return min(devaluedCost ?? cost, cost) }
        return cost - (cost.part(percent) ?? .zero)
    }
}
