/// Which statements commit together; pure. Those that come while as many groups are under way as may be form the next one.
struct GroupMachine<Waiter: Sendable>: Sendable {
    struct Member: Sendable {
        let statement: Statement
        let waiter: Waiter
    }

    /// One is worked at while the commit of the other reaches the disk. More of them would only be smaller.
    static var mostUnderWay: Int { 2 }
    /// Members of a group.
    static var mostMembers: Int { 32 }

    private var waiting: [Member] = []
    private var underWay = 0

    var isWaiting: Bool { !waiting.isEmpty }

    mutating func add(_ statement: Statement, _ waiter: Waiter) {
        waiting.append(Member(statement: statement, waiter: waiter))
    }

    /// The group that begins now, if one may.
    ///
    /// - Parameter isLate: nobody waits any longer for those under way.
    mutating func begin(isLate: Bool = false) -> [Member]? {
        guard !waiting.isEmpty, isLate || underWay < Self.mostUnderWay else { return nil }
        underWay += 1
        let members = Array(waiting.prefix(Self.mostMembers))
        waiting.removeFirst(members.count)
        return members
    }

    mutating func end() { underWay -= 1 }
}
