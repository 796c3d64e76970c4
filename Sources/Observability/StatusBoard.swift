import CKernel
import Glibc

/// Memory that the supervisor and all workers of a host share: who is alive, what they counted, and the rate limits
/// that hold while Redis is away.
///
/// Counters belong to a **slot**, not to a process: they go on counting when a worker is replaced. All access is atomic.
public final class StatusBoard: Sendable {
    private static let magic: UInt64 = 0x5454_424f_4152_4431
    private static let version: UInt64 = 2
    /// Most slots a board may have: for 256 workers, and some that are being replaced.
    public static let maxSlots = 272

    /// Number of slots, from 1.
    public let slotCount: Int
    /// Rate limits of this host, used while Redis is away.
    public let fallbackLimits: FallbackLimitTable
    /// Names of what is counted.
    public let series: SeriesTable
    private let memory: SharedMemory

    /// Makes a new, zeroed board in a memfd (memfd_create(2)).
    ///
    /// The caller owns `fd`, which is close-on-exec; closing it leaves the board mapped.
    public static func create(slots: Int) throws(SystemCallError) -> (StatusBoard, fd: Int32) {
        precondition((1...maxSlots).contains(slots))
        let size = Layout.size(slots: slots)
        let fd = kernel_memfd("timetracker-status", UInt64(size))
        guard fd >= 0 else { throw SystemCallError("memfd_create") }
        let memory: SharedMemory
        do {
            memory = try SharedMemory(fd: fd, size: size)
        } catch {
            close(fd)
            throw error
        }
        kernel_store(memory.word(at: 8), version)
        kernel_store(memory.word(at: 16), UInt64(slots))
        kernel_store_release(memory.word(at: 0), magic)
        return (StatusBoard(memory: memory, slots: slots), fd)
    }

    /// Maps the board that a supervisor made. The descriptor may be closed afterwards.
    ///
    /// - Throws: EINVAL for a descriptor that isn't a board of this version.
    public static func attach(fd: Int32) throws(SystemCallError) -> StatusBoard {
        var info = stat()
        guard fstat(fd, &info) == 0 else { throw SystemCallError("fstat") }
        guard Int(info.st_size) >= Layout.size(slots: 1) else { throw SystemCallError("status board", code: EINVAL) }
        let memory = try SharedMemory(fd: fd, size: Int(info.st_size))
        let slots = kernel_load(memory.word(at: 16))
        guard kernel_load_acquire(memory.word(at: 0)) == magic, kernel_load(memory.word(at: 8)) == version,
            (1...UInt64(maxSlots)).contains(slots), Int(info.st_size) >= Layout.size(slots: Int(slots))
        else { throw SystemCallError("status board", code: EINVAL) }
        return StatusBoard(memory: memory, slots: Int(slots))
    }

    private init(memory: SharedMemory, slots: Int) {
        self.memory = memory
        self.slotCount = slots
        self.fallbackLimits = FallbackLimitTable(memory: memory, offset: Layout.limits(slots: slots))
        self.series = SeriesTable(memory: memory, offset: Layout.series(slots: slots))
    }

    /// Slots from this one on have never had a worker, so that nobody has to look at them.
    public var usedSlots: Int {
        get { min(slotCount, Int(truncatingIfNeeded: kernel_load(memory.word(at: 24)))) }
        set { kernel_store(memory.word(at: 24), UInt64(newValue)) }
    }

    /// The line of slot `index`, 0 ..< `slotCount`.
    public func slot(_ index: Int) -> SlotLine {
        precondition((0..<slotCount).contains(index))
        return SlotLine(memory: memory, line: Layout.line(index))
    }

    /// The values of a place: a slot, or one of ``otherPlaces(slots:)``.
    public func area(_ place: Int) -> MetricArea {
        precondition((0..<slotCount + Layout.otherAreas).contains(place))
        return MetricArea(memory: memory, offset: Layout.area(slots: slotCount, place))
    }

    /// Where the supervisor counts.
    public var supervisorPlace: Int { slotCount }
    /// Where the process counts that sends webhooks.
    public var jobsPlace: Int { slotCount + 1 }

    static func otherPlaces(slots: Int) -> [Int] { Array(slots..<slots + Layout.otherAreas) }

    /// Forgets the gauges of a place whose process has ended. Counters stay.
    public func clearGauges(_ place: Int) {
        let area = area(place)
        for series in series.all where series.kind == .gauge { area.set(series.word, 0) }
    }

    /// Requests answered by this host since the supervisor started.
    public var totalRequests: UInt64 {
        (0..<slotCount).reduce(0) { $0 &+ slot($1).requests }
    }
}

extension StatusBoard {
    /// Byte offsets: header line, slot lines, limit table, names of series, areas of values. The kernel keeps only those
    /// pages that have been written to.
    private enum Layout {
        static let cacheLine = 64
        static let areaSize = SeriesTable.wordCapacity * 8
        /// Of the supervisor and of the process that sends webhooks.
        static let otherAreas = 2

        static func line(_ slot: Int) -> Int { cacheLine * (1 + slot) }
        static func limits(slots: Int) -> Int { line(slots) }
        static func series(slots: Int) -> Int { limits(slots: slots) + FallbackLimitTable.byteCount }
        static func area(slots: Int, _ place: Int) -> Int {
            let start = series(slots: slots) + SeriesTable.byteCount
            return start + place * areaSize
        }
        static func size(slots: Int) -> Int { area(slots: slots, slots + otherAreas) }
    }
}
