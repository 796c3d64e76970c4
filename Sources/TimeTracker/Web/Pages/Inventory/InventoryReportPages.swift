import HTTPTypes
import Postgres

/// `/inventory/reports`: what the stock is worth, how often it turned over, and what runs out; each as a file too. The
/// fourth report, the history of movements, is ``MovementPages``.
enum InventoryReportPages {
    private static let home = "/inventory/reports"

    static let routes = [
        InventoryFrame.route(.get, home, "Reports of the inventory") { _ in .redirect(to: home + "/valuation") },
        InventoryFrame.route(.get, home + "/valuation", "Value of the stock", isHeavy: true, valuation),
        InventoryFrame.route(
            .get, home + "/valuation/export", "Value of the stock as CSV", isHeavy: true, exportValuation),
        InventoryFrame.route(.get, home + "/turnover", "Turnover of the stock", isHeavy: true, turnover),
        InventoryFrame.route(.get, home + "/turnover/export", "Turnover as CSV", isHeavy: true, exportTurnover),
        InventoryFrame.route(.get, home + "/low-stock", "Items below their reorder point", lowStock),
        InventoryFrame.route(.get, home + "/low-stock/export", "Low stock as CSV", exportLowStock),
    ]

    private static func export(_ report: String, _ call: Call) -> String {
        "\(home)/\(report)/export" + (call.exchange.rawQuery.isEmpty ? "" : "?" + call.exchange.rawQuery)
    }

    // MARK: Valuation

    @Sendable private static func valuation(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let housing = InventoryOptions.warehouses(call)
        async let sorting = InventoryOptions.categories(call)
        let findings = try await Findings.of { try await ValuationReport.asked(call) }
        var query = call.query
        let report = findings.value
        let lines = report?.lines ?? []
        let total = ValuationReport.sum(lines)
        let sums = report?.sums ?? (warehouses: [], categories: [])
        func table(_ sums: [(name: String, value: Money)]) -> [[String: Any]] {
            let whole = total.hundredths
            return sums.map {
                let part = $0.value.hundredths
                return [
                    "label": $0.name, "value": $0.value.text,
                    "share": whole > 0 ? "\((part * 100 + whole / 2) / whole) %" : "–",
                    "width": "\(whole > 0 ? max(1, part * 100 / whole) : 0)",
                ]
            }
        }
        var values: [String: Any] = [
            "total": "\(total.text) \(report?.currency ?? "")", "has_lines": !lines.isEmpty,
            "is_mixed": report?.hasSeveralCurrencies ?? false, "by_warehouse": table(sums.warehouses),
            "by_category": table(sums.categories), "line_count": "\(lines.count)",
            "lines": lines.map {
                [
                    "item_id": "\($0.itemID)", "item": $0.name, "sku": $0.sku, "category": $0.category ?? "",
                    "warehouse": $0.warehouseName, "quantity": PersonFormat.quantity($0.quantity),
                    "cost": $0.cost.text, "value": "\($0.value.text) \($0.currency)",
                ] as [String: Any]
            },
            "warehouses_html": InventoryOptions.filter(try await housing, query.text("warehouse_id")),
            "categories_html": InventoryOptions.filter(try await sorting, query.text("category")),
            "export": export("valuation", call),
        ]
        values.merge(APISnippet.values(call, "/inventory/reports/valuation", key: "item_details")) { $1 }
        return InventoryFrame.list(
            call, "valuation", title: "Stock valuation", tab: home + "/valuation", try await loading, findings, values)
    }

    @Sendable private static func exportValuation(_ call: Call) async throws -> Reply {
        var csv = CSVText(header: ["SKU", "Item", "Category", "Warehouse", "Quantity", "Value", "Currency"])
        for line in try await ValuationReport.asked(call).lines {
            csv.add([
                .text(line.sku), .text(line.name), .text(line.category ?? ""), .text(line.warehouseName),
                .number(line.quantity.text), .number(line.value.text), .text(line.currency),
            ])
        }
        return csv.reply(name: "stock-valuation.csv")
    }

    // MARK: Turnover

    @Sendable private static func turnover(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let naming = InventoryOptions.items(call)
        let findings = try await Findings.of { try await TurnoverReport.asked(call) }
        var query = call.query
        let lines = findings.value?.lines ?? []
        let bounds = findings.value.map { [$0.span.first.microseconds, $0.span.last.microseconds] } ?? []
        let walls = try await Moments.walls(of: bounds, zone: call.settings.timezone, call.db)
        let days = walls.map { InstantFormat.split($0).days }
        var values: [String: Any] = [
            "lines": lines.map {
                [
                    "item_id": "\($0.itemID)", "item": $0.name, "sku": $0.sku, "sold": $0.sold.text,
                    "average": $0.averageStock.text, "rate": $0.rate.text, "days": $0.daysOnHand.text,
                ]
            },
            "has_lines": !lines.isEmpty, "items_html": InventoryOptions.filter(try await naming, query.text("item_id")),
            "start_date": query.text("start_date") ?? days.first.map(InstantFormat.dateText) ?? "",
            "end_date": query.text("end_date") ?? days.last.map(InstantFormat.dateText) ?? "",
            "span": days.map(call.format.date).joined(separator: " – "), "export": export("turnover", call),
        ]
        values.merge(APISnippet.values(call, "/inventory/reports/turnover", key: "items")) { $1 }
        return InventoryFrame.list(
            call, "turnover", title: "Stock turnover", tab: home + "/turnover", try await loading, findings, values)
    }

    @Sendable private static func exportTurnover(_ call: Call) async throws -> Reply {
        var csv = CSVText(header: ["SKU", "Item", "Sold", "Average stock", "Turnover rate", "Days on hand"])
        for line in try await TurnoverReport.asked(call).lines {
            csv.add([
                .text(line.sku), .text(line.name), .number(line.sold.text), .number(line.averageStock.text),
                .number(line.rate.text), .number(line.daysOnHand.text),
            ])
        }
        return csv.reply(name: "stock-turnover.csv")
    }

    // MARK: Low stock

    @Sendable private static func lowStock(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let housing = InventoryOptions.warehouses(call)
        let findings = try await Findings.of { try await LowStock.asked(call) }
        var query = call.query
        let rows = findings.value ?? []
        var values: [String: Any] = [
            "lines": rows.map {
                [
                    "item_id": "\($0.itemID)", "item": $0.name, "sku": $0.sku,
                    "warehouse": $0.warehouseName ?? "Nowhere in stock",
                    "warehouse_id": $0.warehouseID.map { "\($0)" } ?? "",
                    "on_hand": PersonFormat.quantity($0.onHand), "point": PersonFormat.quantity($0.reorderPoint),
                    "shortfall": PersonFormat.quantity($0.reorderPoint - $0.onHand),
                    "reorder": $0.reorderQuantity > .zero ? PersonFormat.quantity($0.reorderQuantity) : "",
                ]
            },
            "has_lines": !rows.isEmpty,
            "warehouses_html": InventoryOptions.filter(try await housing, query.text("warehouse_id")),
            "export": export("low-stock", call),
        ]
        values.merge(APISnippet.values(call, "/inventory/reports/low-stock", key: "items")) { $1 }
        return InventoryFrame.list(
            call, "low_stock", title: "Low stock", tab: home + "/low-stock", try await loading, findings, values)
    }

    @Sendable private static func exportLowStock(_ call: Call) async throws -> Reply {
        var csv = CSVText(header: [
            "SKU", "Item", "Warehouse", "On hand", "Reorder point", "Shortfall", "Reorder quantity",
        ])
        for line in try await LowStock.asked(call) {
            csv.add([
                .text(line.sku), .text(line.name), .text(line.warehouseName ?? ""),
                .number(line.onHand.text), .number(line.reorderPoint.text),
                .number((line.reorderPoint - line.onHand).text), .number(line.reorderQuantity.text),
            ])
        }
        return csv.reply(name: "low-stock.csv")
    }
}
