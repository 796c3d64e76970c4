/// The number of an object, which only such objects have: the id of a project is none of a client.
struct ID<Object>: ObjectNumber, Comparable, CustomStringConvertible {
    let number: Int64

    init(_ number: Int64) {
        self.number = number
    }

    /// What an object has before it is stored.
    static var none: ID { ID(0) }

    var description: String { String(number) }

    static func < (one: ID, other: ID) -> Bool { one.number < other.number }
}

/// What numbers objects.
protocol ObjectNumber: Hashable, Sendable {
    init(_ number: Int64)
    var number: Int64 { get }
}

extension Int64: ObjectNumber {
    var number: Int64 { self }
}
