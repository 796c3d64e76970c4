/// Examples for the document: plausible values by the names of members, else by their types.
enum ExampleValues {
    private static let texts: [String: String] = [
        "name": "Website Redesign", "title": "Website Redesign", "description": "Complete overhaul",
        "notes": "Development work", "tags": "development,api", "username": "john", "email": "john@example.com",
        "default_hourly_rate": "75.0", "status": "active", "code": "WEB", "color": "#336699", "currency_code": "EUR",
        "url": "https://example.com/hook", "sku": "CABLE-1", "unit": "pcs", "value": "urgent",
        "password": "correct horse",
        "latest_version": "4.1.0", "coupon_code": "WELCOME", "company": "Example Ltd", "phone": "+32 2 555 01 01",
        "contact_person": "Jane Doe", "billing_ref": "PO-1", "invoice_number": "INV-1", "reason": "Typing error",
        "start_time": "2024-01-15T09:00:00Z", "end_time": "2024-01-15T17:00:00Z", "timezone": "Europe/Brussels",
        "user": "john", "project": "Website Redesign", "client": "Example Ltd", "task": "Update homepage",
        "quote_number": "QUO-20260115-001", "category": "Cables", "warehouse_code": "WH-1",
    ]
    private static let numbers: [String: String] = [
        "hourly_rate": "75.0", "default_hourly_rate": "75.0", "budget_amount": "10000.0", "estimated_hours": "120.0",
        "quantity": "2.5", "unit_price": "99.99", "tax_rate": "21.0", "total_hours": "160.5", "duration_hours": "8.0",
        "page": "1", "per_page": "50", "total": "1", "pages": "1", "duration_seconds": "28800",
        "budget_threshold_percent": "80",
    ]

    static func write(_ schema: Schema, named name: String, to json: inout JSONWriter) {
        switch schema {
        case .boolean: json.value(true)
        case .integer(_, _, let range): json.raw(numbers[name] ?? String(range.map { max($0.lowerBound, 1) } ?? 1))
        case .number: json.raw(numbers[name] ?? "10.0")
        case .any: json.value(texts[name] ?? "text")
        case .string(_, let format, _, _, let values):
            if let values, let first = values.first { return json.value(first) }
            switch format {
            case "date-time": json.value(texts[name] ?? "2024-01-15T09:00:00Z")
            case "date": json.value("2024-01-31")
            default: json.value(texts[name] ?? "text")
            }
        case .array(let element, _):
            json.beginArray()
            write(element, named: name, to: &json)
            json.endArray()
        case .oneOf(let schemas, _):
            if let first = schemas.first { write(first, named: name, to: &json) } else { json.null() }
        case .object(_, _, _, let properties, _):
            json.beginObject()
            for (name, schema) in properties {
                json.key(JSONKey(name: name))
                write(schema, named: name, to: &json)
            }
            json.endObject()
        }
    }
}
