/// A model with a JSON form, declared once: the same lines write its objects and describe them.
///
/// ```swift
/// extension Tag: JSONModel {
///     static let schemaName = "Tag"
///     static func describe(_ object: inout some MemberVisitor<Tag>) {
///         object.integer("id") { $0.id }
///         object.string("name") { $0.name }
///     }
/// }
/// ```
public protocol JSONModel: Sendable {
    /// Name of the schema in the API's document.
    static var schemaName: String { get }
    /// Names the members, each with its type and how to read it; every member is always present, if only as null.
    static func describe(_ object: inout some MemberVisitor<Self>)
    /// What the validator (ETag) is made of, where the model has members that change by themselves; else nil.
    var validated: Self? { get }
}

/// What ``JSONModel/describe(_:)`` tells its members to. Everything is inlined into `describe`, so that writing an
/// object is straight-line code without a closure call for each member.
///
/// Reading a member and writing it are two closures: while JSON is written the compiler can't see that the model stays as
/// it is, and one closure for both copied the whole model again and again, with a retain and a release of each text in it:
/// nine times for each time entry of a list, which was a fifth of its instructions.
public protocol MemberVisitor<Model> {
    associatedtype Model
    mutating func member<Value>(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ get: (Model) -> Value,
        _ write: (Value, inout JSONWriter) -> Void)
}

extension JSONModel {
    public var validated: Self? { nil }

    @inline(__always)
    borrowing func write(to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(to: &json)
        json.endObject()
    }

    /// The members alone, for objects that have more of them.
    @inline(__always)
    borrowing func writeMembers(to json: inout JSONWriter) {
        withUnsafePointer(to: self) { model in
            withUnsafeMutablePointer(to: &json) { json in
                var writer = MemberWriter(model: model, json: json)
                Self.describe(&writer)
            }
        }
    }

    static var schema: Schema {
        var members = MemberSchemas<Self>()
        describe(&members)
        return .object(
            name: schemaName, properties: members.properties, required: members.properties.map(\.0))
    }
}

/// Writes the members of one model. Both pointers are to what its creator has, which outlives it; a model held by value
/// would be copied for each member.
struct MemberWriter<Model>: MemberVisitor {
    let model: UnsafePointer<Model>
    let json: UnsafeMutablePointer<JSONWriter>

    @inline(__always)
    mutating func member<Value>(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ get: (Model) -> Value,
        _ write: (Value, inout JSONWriter) -> Void
    ) {
        let value = get(model.pointee)
        json.pointee.key(literal: name)
        write(value, &json.pointee)
    }
}

/// Collects the members' schemas.
struct MemberSchemas<Model>: MemberVisitor {
    private(set) var properties: [(String, Schema)] = []

    mutating func member<Value>(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ get: (Model) -> Value,
        _ write: (Value, inout JSONWriter) -> Void
    ) {
        properties.append(("\(name)", schema()))
    }
}

extension MemberVisitor {
    @inline(__always)
    mutating func integer(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Int64?
    ) {
        member(name, .integer(description: description, nullable: nullable), get) { value, json in
            if let value { json.value(value) } else { json.null() }
        }
    }

    @inline(__always)
    mutating func id<Object>(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> ID<Object>?
    ) {
        member(name, .integer(description: description, nullable: nullable), get) { value, json in
            if let value { json.value(value.number) } else { json.null() }
        }
    }

    /// - Parameter values: all that it can be, if they are few.
    @inline(__always)
    mutating func string(
        _ name: StaticString, nullable: Bool = false, values: @autoclosure () -> [String]? = nil,
        _ description: String = "", _ get: (Model) -> String?
    ) {
        member(name, .string(description: description, nullable: nullable, values: values()), get) { value, json in
            if let value { json.value(value) } else { json.null() }
        }
    }

    @inline(__always)
    mutating func string(_ name: StaticString, _ description: String = "", _ get: (Model) -> RowText) {
        member(name, .string(description: description), get) { value, json in json.value(value) }
    }

    @inline(__always)
    mutating func string(
        _ name: StaticString, nullable: Bool, _ description: String = "", _ get: (Model) -> NullableRowText
    ) {
        member(name, .string(description: description, nullable: nullable), get) { value, json in
            if let text = value.text { json.value(text) } else { json.null() }
        }
    }

    @inline(__always)
    mutating func boolean(_ name: StaticString, _ description: String = "", _ get: (Model) -> Bool) {
        member(name, .boolean(description: description), get) { value, json in json.value(value) }
    }

    @inline(__always)
    mutating func number(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Double?
    ) {
        member(name, .number(description: description, nullable: nullable), get) { value, json in
            if let value { json.value(value) } else { json.null() }
        }
    }

    /// An exact amount in hundredths, written as a number.
    @inline(__always)
    mutating func money(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Int64?
    ) {
        member(name, .number(description: description, nullable: nullable), get) { value, json in
            if let value { json.money(value) } else { json.null() }
        }
    }

    /// An exact amount, written as a number.
    @inline(__always)
    mutating func amount<Unit>(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Amount<Unit>?
    ) {
        member(name, .number(description: description, nullable: nullable), get) { value, json in
            if let value { json.money(value.hundredths) } else { json.null() }
        }
    }

    /// Seconds, written as hours with two decimals.
    @inline(__always)
    mutating func hours(_ name: StaticString, _ description: String = "", seconds get: (Model) -> Int64) {
        member(name, .number(description: description), get) { value, json in json.hours(seconds: value) }
    }

    /// Microseconds since 2000-01-01 UTC, written as a timestamp.
    @inline(__always)
    mutating func instant(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Int64?
    ) {
        member(name, .string(description: description, format: "date-time", nullable: nullable), get) { value, json in
            if let value { json.instant(value) } else { json.null() }
        }
    }

    /// Written as a timestamp.
    @inline(__always)
    mutating func instant(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Instant?
    ) {
        member(name, .string(description: description, format: "date-time", nullable: nullable), get) { value, json in
            if let value { json.instant(value.microseconds) } else { json.null() }
        }
    }

    @inline(__always)
    mutating func date(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Day?
    ) {
        member(name, .string(description: description, format: "date", nullable: nullable), get) { value, json in
            if let value { json.date(value.number) } else { json.null() }
        }
    }

    /// Days since 2000-01-01, written as a date.
    @inline(__always)
    mutating func date(
        _ name: StaticString, nullable: Bool = false, _ description: String = "", _ get: (Model) -> Int32?
    ) {
        member(name, .string(description: description, format: "date", nullable: nullable), get) { value, json in
            if let value { json.date(value) } else { json.null() }
        }
    }

    /// Comma-separated tags, written as an array.
    @inline(__always)
    mutating func tags(_ name: StaticString, _ description: String = "", _ get: (Model) -> NullableRowText) {
        member(name, .array(of: .string(), description: description), get) { value, json in
            json.beginArray()
            Tags.forEach(in: value.text) { json.value(utf8: $0) }
            json.endArray()
        }
    }

    @inline(__always)
    mutating func strings(_ name: StaticString, _ description: String = "", _ get: (Model) -> [String]) {
        member(name, .array(of: .string(), description: description), get) { value, json in
            json.beginArray()
            for text in value { json.value(text) }
            json.endArray()
        }
    }

    /// A member that is the JSON text of an object already.
    @inline(__always)
    mutating func rawObject(_ name: StaticString, _ description: String = "", _ get: (Model) -> String) {
        member(name, .object(description: description), get) { value, json in json.raw(value) }
    }

    @inline(__always)
    mutating func rawObject(_ name: StaticString, _ description: String = "", _ get: (Model) -> JSONText) {
        member(name, .object(description: description), get) { value, json in json.raw(value.rowText) }
    }

    /// Another model.
    @inline(__always)
    mutating func object<Other: JSONModel>(_ name: StaticString, _ get: (Model) -> Other) {
        member(name, Other.schema, get) { value, json in value.write(to: &json) }
    }

    @inline(__always)
    mutating func objects<Other: JSONModel>(_ name: StaticString, _ get: (Model) -> [Other]) {
        member(name, .array(of: Other.schema), get) { value, json in
            json.beginArray()
            for other in value { other.write(to: &json) }
            json.endArray()
        }
    }
}
