import NIOCore
import Testing

@testable import TimeTracker

@Suite struct InputTests {
    private func outcome<Value>(_ field: InputField<Value>, _ json: String, partial: Bool = false) throws -> (
        Presence<Value>, [String]?
    ) {
        var reader = BodySchema("T", []).read(try JSONValue.parse(json), partial: partial)
        let value = reader.get(field)
        return (value, reader.errors[field.key])
    }

    @Test(arguments: [("7", 7), ("\"7\"", 7), ("7.0", 7), ("7e0", 7), ("\" 7 \"", 7)])
    func integersAreTakenLeniently(_ text: String, _ expected: Int64) throws {
        #expect(try outcome(.id("a"), "{\"a\":\(text)}").0.value == expected)
    }

    @Test(arguments: ["true", "7.5", "\"7.0\"", "\"x\"", "[]", "0", "-1", "99999999999999999999", "1e30", "\"\""])
    func badIDs(_ text: String) throws {
        let (value, errors) = try outcome(.id("a"), "{\"a\":\(text)}")
        #expect(value.value == nil && errors?.count == 1)
    }

    @Test func absentNullAndRequired() throws {
        let optional = InputField<String>.string("a", max: 5, nullable: true)
        #expect(try !outcome(optional, "{}").0.isPresent)
        if case .null = try outcome(optional, #"{"a":null}"#).0 {} else { Issue.record("null was lost") }
        let required = InputField<String>.string("a", max: 5, min: 1, required: "Name is required")
        for body in ["{}", #"{"a":null}"#, #"{"a":"  "}"#] {
            #expect(try outcome(required, body).1 == ["Name is required"])
        }
        #expect(try outcome(required, "{}", partial: true).1 == nil)
        #expect(try outcome(required, #"{"a":null}"#, partial: true).1 == ["Name is required"])
        #expect(try outcome(required, #"{"a":"123456"}"#).1 == ["Length must be between 1 and 5."])
        #expect(try outcome(required, #"{"a":"x\u0000"}"#).1 == ["Not a valid string."])
    }

    @Test func booleansMoneyAndTimes() throws {
        for (text, expected) in [("true", true), ("1", true), ("\"Yes\"", true), ("\"off\"", false), ("0", false)] {
            #expect(try outcome(.boolean("a"), "{\"a\":\(text)}").0.value == expected)
        }
        for text in ["2", "\"maybe\"", "[]"] { #expect(try outcome(.boolean("a"), "{\"a\":\(text)}").1 != nil) }
        #expect(try outcome(.amount("a", precision: 9), #"{"a":"75.005"}"#).0.value == Money(7501))
        for text in ["-1", "-0.01", "10000000", "\"NaN\"", "true", "1e400"] {
            #expect(try outcome(InputField<Money>.amount("a", precision: 9), "{\"a\":\(text)}").1 != nil)
        }
        #expect(try outcome(.instant("a"), #"{"a":"2024-01-15"}"#).1 == ["Not a valid datetime."])
        #expect(try outcome(.date("a"), #"{"a":"2024-01-15"}"#).0.value == 8780)
    }

    @Test func bodiesThatAreNoObjects() throws {
        for body in ["[]", "1", "\"x\"", "true"] {
            let reader = BodySchema("T", []).read(try JSONValue.parse(body))
            #expect(reader.errors["_schema"] == ["Invalid input type."])
        }
        #expect(BodySchema("T", []).read(nil).errors.isEmpty && BodySchema("T", []).read(.null).errors.isEmpty)
    }

    @Test func queries() throws {
        var query = QueryParameters("a=1&b=x%20y+z&c=&d=maybe&e=9x&f=2024-01-15&g=%ff&page=3&per_page=500&a=2")
        let (a, b, c) = (query.integer("a"), query.text("b"), query.text("c"))
        #expect(a == 1 && b == "x y z" && c == nil)
        let (start, end, page) = (query.rangeStart("f"), query.rangeEnd("f"), query.page())
        #expect(start == .startOfDay(8780) && end == .endOfDay(8780))
        #expect(page.offset == 200 && page.perPage == 100)
        let (d, e, g) = (query.boolean("d"), query.integer("e"), query.text("g"))
        #expect(d == nil && e == nil && g == nil)
        let error = #expect(throws: ValidationError.self) { try query.finish() }
        #expect(error?.errors["d"] != nil && error?.errors["e"] != nil && error?.errors["g"] != nil)
    }

    @Test func pagination() {
        let page = Pagination(PageRequest(page: 2, perPage: 50), total: 150)
        #expect(page.pages == 3 && page.hasNext && page.hasPrevious)
        let empty = Pagination(PageRequest(page: 1, perPage: 50), total: 0)
        #expect(empty.pages == 0 && !empty.hasNext && !empty.hasPrevious)
        #expect(PageRequest(page: .max, perPage: 100).offset == .max)
    }
}
