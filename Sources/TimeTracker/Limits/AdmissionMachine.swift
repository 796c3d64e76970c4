/// Which requests are worked at, which wait, which are refused; pure.
///
/// Each token, user or address may have some at once, and some waiting; those that wait take turns by whom they are of. So
/// one that sends more than the worker can do waits for itself, and the others for one of its requests at most.
struct AdmissionMachine<Waiter: Sendable>: Sendable {
    enum Entry: Sendable, Equatable {
        case entered
        case mustWait
        case refused
    }

    private let limits: AdmissionLimits
    private var working: [Crowd: Int] = [:]
    private var total = 0
    private var queue = FairQueue<Crowd, Waiter>()

    init(_ limits: AdmissionLimits) {
        self.limits = limits
    }

    var waitingCount: Int { queue.count }

    /// Whether there is no place for one more of them, not even for waiting.
    func isFull(for crowd: Crowd) -> Bool {
        guard !mayEnter(crowd) else { return false }
        return queue.count >= limits.waiting || queue.waiting(of: crowd) >= limits.waitingOfEach
    }

    mutating func enter(_ crowd: Crowd) -> Entry {
        guard mayEnter(crowd) else { return isFull(for: crowd) ? .refused : .mustWait }
        working[crowd, default: 0] += 1
        total += 1
        return .entered
    }

    /// Nobody is overtaken: while others wait who could go on, there is no free place.
    private func mayEnter(_ crowd: Crowd) -> Bool {
        total < limits.atOnce && (working[crowd] ?? 0) < limits.atOnceOfEach && queue.waiting(of: crowd) == 0
    }

    mutating func wait(_ waiter: Waiter, _ crowd: Crowd) -> FairQueue<Crowd, Waiter>.Ticket {
        queue.append(waiter, of: crowd)
    }

    /// - Returns: who may go on instead.
    mutating func leave(_ crowd: Crowd) -> Waiter? {
        total -= 1
        if let own = working[crowd], own > 1 { working[crowd] = own - 1 } else { working[crowd] = nil }
        guard queue.count > 0, total < limits.atOnce else { return nil }
        let limit = limits.atOnceOfEach
        guard let next = queue.popFirst(where: { [working] crowd, _ in (working[crowd] ?? 0) < limit }) else {
            return nil
        }
        working[next.owner, default: 0] += 1
        total += 1
        return next.element
    }

    mutating func giveUp(_ ticket: FairQueue<Crowd, Waiter>.Ticket, _ crowd: Crowd) -> Waiter? {
        queue.remove(ticket, of: crowd)
    }
}
