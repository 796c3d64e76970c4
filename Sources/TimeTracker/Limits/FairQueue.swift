import DequeModule

/// Elements that wait in one line for each owner; the lines take turns. Pure.
struct FairQueue<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
    typealias Ticket = UInt64

    private var lines: [Owner: Deque<(ticket: Ticket, element: Element)>] = [:]
    /// Owners of lines, the one whose turn it is first.
    private var turns = Deque<Owner>()
    private var lastTicket: Ticket = 0
    private(set) var count = 0

    /// How many wait in an owner's line.
    func waiting(of owner: Owner) -> Int { lines[owner]?.count ?? 0 }

    /// - Returns: what takes the element out again.
    mutating func append(_ element: Element, of owner: Owner) -> Ticket {
        lastTicket += 1
        count += 1
        if lines[owner] == nil { turns.append(owner) }
        lines[owner, default: []].append((lastTicket, element))
        return lastTicket
    }

    /// Takes the first element of the line whose turn it is, passing over those whose owners, or first elements, may not.
    mutating func popFirst(where isEligible: (Owner, Element) -> Bool) -> (owner: Owner, element: Element)? {
        for index in turns.indices {
            let owner = turns[index]
            guard let first = lines[owner]?.first, isEligible(owner, first.element) else { continue }
            turns.remove(at: index)
            lines[owner]?.removeFirst()
            count -= 1
            if lines[owner]?.isEmpty == true { lines[owner] = nil } else { turns.append(owner) }
            return (owner, first.element)
        }
        return nil
    }

    /// Takes an element out of the middle; nil when it has left before.
    mutating func remove(_ ticket: Ticket, of owner: Owner) -> Element? {
        guard let index = lines[owner]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let element = lines[owner]?.remove(at: index).element
        count -= 1
        if lines[owner]?.isEmpty == true {
            lines[owner] = nil
            turns.removeAll { $0 == owner }
        }
        return element
    }
}
