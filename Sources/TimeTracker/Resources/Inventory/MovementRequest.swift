/// A movement of stock that somebody wants to record (behaviour.md §9.5).
struct MovementRequest: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case adjustment, sale, rent, purchase, `return`, waste, devaluation, usage, consumption
    }

    let stockItemID: Int64
    let warehouseID: Int64
    /// Signed hundredths, never 0.
    let quantity: Int64
    let kind: Kind
    let reason, notes, referenceType: String?
    let referenceID, unitCost: Int64?
    let isDevalued: Bool
    /// Percent, in hundredths, that is taken off; nil = what a piece costs then is told.
    let percent: Int64?
    let devaluedCost: Int64?

    /// Cost of a piece after the devaluation.
    func devaluedCost(from cost: Int64) -> Int64 {
        guard let percent else { return min(devaluedCost ?? cost, cost) }
        return cost - (Money.scaled(cost, by: percent, over: 10_000) ?? 0)
    }
}
