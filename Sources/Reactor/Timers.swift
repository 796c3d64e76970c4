/// A heap of deadlines: pure, with the time handed in.
///
/// Deadlines are nanoseconds on any one monotonic scale. Entries with equal deadlines expire in the order of insertion.
/// Cancelled entries leave the heap lazily, and at once when they outnumber the live ones.
public struct Timers<Payload> {
    /// Names one entry; never reused.
    public struct ID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let deadline: UInt64
        let number: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline != right.deadline ? left.deadline < right.deadline : left.number < right.number
        }
    }

    private var heap: [Entry] = []
    private var live: [UInt64: Payload] = [:]
    private var lastNumber: UInt64 = 0

    public init() {}

    /// Entries neither expired nor cancelled.
    public var count: Int { live.count }

    public var isEmpty: Bool { live.isEmpty }

    @discardableResult
    public mutating func insert(deadline: UInt64, _ payload: Payload) -> ID {
        lastNumber += 1
        live[lastNumber] = payload
        heap.append(Entry(deadline: deadline, number: lastNumber))
        siftUp(heap.count - 1)
        return ID(number: lastNumber)
    }

    /// Returns the payload if the entry was still waiting.
    @discardableResult
    public mutating func cancel(_ id: ID) -> Payload? {
        guard let payload = live.removeValue(forKey: id.number) else { return nil }
        if heap.count > 2 * live.count + 32 { compact() }
        return payload
    }

    /// The earliest deadline still waiting.
    public mutating func nextDeadline() -> UInt64? {
        while let first = heap.first {
            if live[first.number] != nil { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// Takes out one entry whose deadline is at or before `now`, the earliest first.
    public mutating func popExpired(now: UInt64) -> Payload? {
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            if let payload = live.removeValue(forKey: first.number) { return payload }
        }
        return nil
    }

    private mutating func compact() {
        heap.removeAll { live[$0.number] == nil }
        heap.sort(by: <)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left] < heap[least] { least = left }
            if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

extension Timers: Sendable where Payload: Sendable {}
