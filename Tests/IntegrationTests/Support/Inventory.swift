/// What tests of the inventory do again and again.
enum Inventory {
    static let base = "/api/v1/inventory"

    static func item(_ server: TestServer, _ sku: String, _ more: String = "") async throws -> Int {
        try await server.post("\(base)/items", #"{"sku":"\#(sku)","name":"Item \#(sku)"\#(more)}"#).json["item"]["id"]
            .int ?? 0
    }

    static func warehouse(_ server: TestServer, _ code: String) async throws -> Int {
        try await server.post("\(base)/warehouses", #"{"code":"\#(code)","name":"House \#(code)"}"#).json["warehouse"][
            "id"
        ].int ?? 0
    }

    static func move(
        _ server: TestServer, _ item: Int, _ warehouse: Int, _ quantity: String, _ more: String = "",
        headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        try await server.post(
            "\(base)/movements",
            #"{"stock_item_id":\#(item),"warehouse_id":\#(warehouse),"quantity":\#(quantity)\#(more)}"#,
            headers: headers)
    }
}
