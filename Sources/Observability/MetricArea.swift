import CKernel

/// The values of one process's place on the status board. They outlive the process, so that sums never fall.
public struct MetricArea: Sendable {
    private let memory: SharedMemory
    private let offset: Int

    init(memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }

    private func word(_ index: Int) -> UnsafeMutablePointer<UInt64> { memory.word(at: offset + index * 8) }

    /// - Parameter index: as ``SeriesTable/register(_:_:)`` has it.
    public func add(_ index: Int, _ amount: UInt64 = 1) { _ = kernel_add(word(index), amount) }

    public func set(_ index: Int, _ value: Double) { kernel_store(word(index), value.bitPattern) }

    /// Counts a duration in nanoseconds.
    public func observe(_ index: Int, _ nanoseconds: UInt64) {
        _ = kernel_add(word(index + TimeBuckets.index(nanoseconds)), 1)
        _ = kernel_add(word(index + TimeBuckets.sum), nanoseconds)
    }

    public func count(_ index: Int) -> UInt64 { kernel_load(word(index)) }

    public func gauge(_ index: Int) -> Double { Double(bitPattern: kernel_load(word(index))) }

    /// Adds to what a gauge shows; for the process whose area this is, from any of its threads.
    func change(_ index: Int, by amount: Double) {
        let pointer = word(index)
        var seen = kernel_load_acquire(pointer)
        while !kernel_exchange(pointer, &seen, (Double(bitPattern: seen) + amount).bitPattern) {}
    }
}
