import HTTPTypes

/// Families of paths that clients of the API ask for and this product does not have. Whoever may ask is told so by the
/// same refusal as for a module that is switched off, for which clients hide the screen; after a 404 they show an error.
enum AbsentFamilies {
    /// Below `/api/v1/`: segments of the path, and what the family is called. `{id}` is a number; a trailing `*` stands
    /// for any rest of the segment. Everything below belongs to the family too.
    private static let table: [(path: String, name: String)] = [
        ("invoices", "Invoicing"), ("invoice-approvals*", "Invoicing"), ("recurring-invoices*", "Invoicing"),
        ("credit-notes*", "Invoicing"), ("payments", "Payment tracking"), ("expenses", "Expense tracking"),
        ("mileage", "Mileage tracking"), ("per-diem*", "Per diem tracking"), ("leads", "Lead management"),
        ("deals", "Deal management"), ("contacts", "Contact management"),
        ("clients/{id}/contacts", "Contact management"), ("clients/{id}/notes", "Client notes"),
        ("client-notes", "Client notes"), ("issues", "Issue tracking"), ("calendar/events", "The calendar"),
        ("attendance*", "Attendance tracking"), ("workday*", "Workday tracking"), ("time-off*", "Time off"),
        ("timesheet-periods*", "Timesheet approval"), ("time-entry-approvals*", "Timesheet approval"),
        ("reports/capacity", "Capacity planning"),
    ]

    private static let families = table.map { ($0.path.split(separator: "/"), $0.name) }

    /// Answers every method on all of them; no scope is needed to hear it, but a token is.
    static let route = Route(
        .get, path: "/api/v1/{absent}", summary: "A family that this product does not have", access: .token(.none),
        response: .any()
    ) { call in
        throw APIError.absent(name(of: call.exchange.path) ?? "This")
    }

    /// What the family of a path is called; nil for a path of none.
    static func name(of path: String) -> String? {
        let segments = path.split(separator: "/")
        guard segments.count > 2, segments[0] == "api", segments[1] == "v1" else { return nil }
        let rest = segments.dropFirst(2)
        return families.first { pattern, _ in
            rest.count >= pattern.count && zip(pattern, rest).allSatisfy { matches($0, $1) }
        }?.1
    }

    private static func matches(_ pattern: Substring, _ segment: Substring) -> Bool {
        if pattern == "{id}" { return segment.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
        if pattern.utf8.last == UInt8(ascii: "*") { return segment.utf8.starts(with: pattern.utf8.dropLast()) }
        return pattern.utf8.elementsEqual(segment.utf8)
    }
}

extension APIError {
    /// - Parameter family: how a sentence about it begins.
    static func absent(_ family: String) -> APIError {
        APIError(
            .forbidden, "module_disabled", "module_disabled", message: "\(family) is not part of this server")
    }
}
