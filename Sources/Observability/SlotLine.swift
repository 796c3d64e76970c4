import CKernel

/// One worker slot's cache line on the status board.
///
/// Written by the worker that holds the slot (the supervisor resets it when that worker is gone), read by everyone.
public struct SlotLine: Sendable {
    private enum Field: Int {
        case pid = 0
        case state = 8
        case generation = 16
        case heartbeat = 24
        case connections = 32
        case requests = 40
        case health = 48
        case residentBytes = 56
    }

    private let memory: SharedMemory
    private let line: Int

    init(memory: SharedMemory, line: Int) {
        self.memory = memory
        self.line = line
    }

    private func word(_ field: Field) -> UnsafeMutablePointer<UInt64> { memory.word(at: line + field.rawValue) }

    /// Process that holds the slot, 0 = none.
    public var pid: Int32 {
        get { Int32(truncatingIfNeeded: kernel_load(word(.pid))) }
        nonmutating set { kernel_store(word(.pid), UInt64(bitPattern: Int64(newValue))) }
    }

    public var state: SlotState {
        get { SlotState(rawValue: kernel_load_acquire(word(.state))) ?? .empty }
        nonmutating set { kernel_store_release(word(.state), newValue.rawValue) }
    }

    /// How often the slot was filled; the supervisor counts it up at each spawn.
    public var generation: UInt64 {
        get { kernel_load(word(.generation)) }
        nonmutating set { kernel_store(word(.generation), newValue) }
    }

    /// Last sign of life, CLOCK_MONOTONIC nanoseconds; 0 = none yet.
    public var heartbeat: UInt64 { kernel_load(word(.heartbeat)) }

    /// Stamps a sign of life. `now`: CLOCK_MONOTONIC nanoseconds.
    public func beat(_ now: UInt64) { kernel_store(word(.heartbeat), now) }

    /// Open client connections, never below 0.
    public var connections: Int { max(0, Int(Int64(bitPattern: kernel_load(word(.connections))))) }

    public func addConnections(_ count: Int) {
        _ = kernel_add(word(.connections), UInt64(bitPattern: Int64(count)))
    }

    /// Requests answered by all workers this slot ever had.
    public var requests: UInt64 { kernel_load(word(.requests)) }

    public func addRequest() { _ = kernel_add(word(.requests), 1) }

    /// What the worker's backends look like from here.
    public var health: SlotHealth {
        get { SlotHealth(rawValue: kernel_load(word(.health))) }
        nonmutating set { kernel_store(word(.health), newValue.rawValue) }
    }

    /// Memory of the worker, as the supervisor sees it; 0 = not looked at yet.
    public var residentBytes: UInt64 {
        get { kernel_load(word(.residentBytes)) }
        nonmutating set { kernel_store(word(.residentBytes), newValue) }
    }

    /// Readies the slot for a worker about to be spawned: booting, no beat, no connections. Counters stay.
    public func occupy() {
        clear(.booting)
        generation += 1
    }

    /// Takes the slot from a worker that is gone, so that its last values mislead nobody. Counters stay.
    public func vacate() {
        clear(.gone)
        pid = 0
    }

    private func clear(_ state: SlotState) {
        self.state = state
        kernel_store(word(.heartbeat), 0)
        kernel_store(word(.connections), 0)
        kernel_store(word(.health), 0)
        kernel_store(word(.residentBytes), 0)
    }
}
