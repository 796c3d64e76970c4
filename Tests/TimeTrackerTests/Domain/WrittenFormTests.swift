import NIOCore
import Testing

@testable import TimeTracker

/// Priorities, states, amounts and families of paths as clients write them.
@Suite struct WrittenFormTests {
    private func priority(_ json: String) throws -> WrittenPriority? {
        WrittenPriority(input: try JSONValue.parse(json))
    }

    @Test func prioritiesKeepTheirForm() throws {
        for (json, level) in [("1", TaskPriority.low), ("2.0", .medium), ("\"3\"", .high), ("4e0", .urgent)] {
            #expect(try priority(json) == WrittenPriority(level: level, isNumber: true), "\(json)")
        }
        for (json, level) in [("\"low\"", TaskPriority.low), ("\" Urgent \"", .urgent), ("\"MEDIUM\"", .medium)] {
            #expect(try priority(json) == WrittenPriority(level: level, isNumber: false), "\(json)")
        }
        for json in ["0", "5", "1.5", "1.004", "\"\"", "\"highest\"", "true", "null", "[1]", "1e400"] {
            #expect(try priority(json) == nil, "\(json)")
        }
    }

    @Test func listsOfStates() throws {
        func states(_ text: String) throws -> [TaskStatus]? {
            var query = QueryParameters("status=\(text)")
            let values = query.words("status", TaskStatus.words)
            try query.finish()
            return values
        }
        #expect(try states("todo") == [.todo])
        #expect(try states("todo,%20done,") == [.todo, .done])
        #expect(try states("active") == [.todo, .inProgress, .review, .onHold])
        #expect(try states("open") == states("active"))
        #expect(try states("") == nil && states(",") == nil)
        for text in ["doing", "todo,doing", "TODO", "all"] {
            let error = #expect(throws: ValidationError.self) { try states(text) }
            #expect(error?.errors["status"]?.count == 1)
        }
    }

    @Test func moneyIsRoundedAndOtherDecimalsAreNot() throws {
        func value<Value>(_ field: InputField<Value>, _ json: String) throws -> Value? {
            guard case .success(let value) = field.parse(try JSONValue.parse(json)) else { return nil }
            return value
        }
        let money = InputField<Money>.amount("a", precision: 9)
        let rate = InputField<Int64>.decimal("a", precision: 5, most: 100_00)
        #expect(try value(money, "75.005") == Money(7501) && value(money, "\"75.0049\"") == Money(7500))
        #expect(try value(rate, "19.12") == 1912 && value(rate, "\"19.1200\"") == 1912 && value(rate, "1e-2") == 1)
        for json in ["19.125", "\"0.001\"", "1e-3", "100.001", "-0.001", "101"] {
            #expect(try value(rate, json) == nil, "\(json)")
        }
    }

    /// What a form shows of an object is what it takes.
    @Test func aFormThatIsSentBackChangesNothing() throws {
        func check<Model: StoredObject>(_ body: ModelBody<Model>, _ model: Model, _ unset: Set<String> = []) throws {
            func json(_ model: Model) -> String {
                var json = JSONWriter(capacity: 1024)
                model.write(to: &json)
                return json.text
            }
            let typed = body.typed(model)
            #expect(Set(typed.filter(\.value.isEmpty).keys) == unset)
            var object = JSONObject()
            for (field, text) in typed where field != "custom_fields" {
                object.set(RawText(field), text.isEmpty ? .null : .string(RawText(text)))
            }
            var input = InputReader(.object(object), partial: true)
            var sent = model
            body.edit(&input).apply(to: &sent)
            try input.finish()
            #expect(json(sent) == json(model))
        }
        try check(
            ClientInput.body,
            Client(
                name: "Acme", description: "two\nlines", contactPerson: "Ann", email: "a@example.com", company: "A & B",
                phone: "1", defaultHourlyRate: Money(90_50), status: .inactive, prepaidHoursMonthly: Hours(10_00),
                prepaidResetDay: 28), ["address"])
        try check(
            StockItemInput.body,
            StockItem(
                sku: "MUG", name: "Mug", description: "d", category: "c", unit: "pcs", defaultCost: Money(1),
                defaultPrice: .zero, currency: "EUR", barcode: "b", isActive: true, isTrackable: true,
                reorderPoint: Quantity(1_50), reorderQuantity: Quantity(2_00), supplier: "s", supplierSKU: "k",
                imageURL: "https://example.com/a", notes: "n"))
        #expect(StockItemInput.body.typed(StockItem(reorderPoint: Quantity(1_50)))["reorder_point"] == "1.5")
        #expect(ClientInput.body.typed(Client(defaultHourlyRate: Money(90_50)))["default_hourly_rate"] == "90.50")
    }

    @Test func wholeSeconds() {
        #expect(InstantFormat.wholeSecond(1_999_999) == 1_000_000 && InstantFormat.wholeSecond(2_000_000) == 2_000_000)
        #expect(InstantFormat.wholeSecond(-1) == -1_000_000 && InstantFormat.wholeSecond(-1_000_000) == -1_000_000)
    }

    @Test(arguments: [
        "/api/v1/invoices", "/api/v1/invoices/", "/api/v1/invoices/5/items", "/api/v1/expenses/3", "/api/v1/payments",
        "/api/v1/mileage", "/api/v1/per-diem", "/api/v1/per-diem-rates/2", "/api/v1/leads", "/api/v1/deals/1",
        "/api/v1/contacts", "/api/v1/clients/12/contacts", "/api/v1/clients/12/contacts/3", "/api/v1/clients/1/notes",
        "/api/v1/client-notes/1", "/api/v1/issues", "/api/v1/calendar/events", "/api/v1/attendance/status",
        "/api/v1/attendance-records", "/api/v1/workday/start", "/api/v1/workdays", "/api/v1/time-off/requests",
        "/api/v1/time-off-balances", "/api/v1/timesheet-periods/1/submit", "/api/v1/time-entry-approvals",
        "/api/v1/invoice-approvals", "/api/v1/recurring-invoices/1", "/api/v1/credit-notes", "/api/v1/reports/capacity",
    ])
    func pathsOfAbsentFamilies(_ path: String) {
        #expect(AbsentFamilies.name(of: path) != nil)
    }

    @Test(arguments: [
        "/api/v1", "/api/v1/", "/api/v1/invoice", "/api/v1/invoicesx", "/api/v1/clients/12",
        "/api/v1/clients/x/contacts",
        "/api/v1/reports/summary", "/api/v1/calendar", "/api/v1/time-entries", "/api/v1/timer", "/api/invoices",
        "/invoices", "/api/v2/invoices", "/api/v1/projects/1/contacts",
    ])
    func otherPaths(_ path: String) {
        #expect(AbsentFamilies.name(of: path) == nil)
    }

    /// Nothing that exists may be hidden behind the table.
    @Test func noRouteIsAbsent() {
        for route in Resources.routes {
            #expect(AbsentFamilies.name(of: route.path.replacing("{id}", with: "1")) == nil, "\(route.path)")
        }
    }

    @Test func aRouteWithoutScopesIsOpenToEveryToken() {
        #expect(Scopes("read:users").satisfies(.none) && Scopes("unknown").satisfies(.none))
        // A scope that nobody knows must not open anything.
        #expect(!Scopes("read:users").satisfies(ScopeRequirement("read:nothing")))
    }
}
