/// Life of a worker slot: booting → ready → draining → gone.
public enum SlotState: UInt64, Sendable {
    /// Never used.
    case empty = 0
    case booting = 1
    /// Serving; counted by fair accepting.
    case ready = 2
    /// Finishing its requests, takes no new connections.
    case draining = 3
    /// The worker ended; the slot waits for the next one.
    case gone = 4
}
