/// Follows the chunks of a body (RFC 9112 §7.1) without keeping them, to see their sizes before their data comes.
struct ChunkScanner {
    enum Problem: Equatable {
        /// A chunk, or all of them, are larger than any body may be.
        case tooLarge
        /// Extensions or trailers beyond ``maxOverhead``, which nobody needs.
        case excessive
    }

    private enum State {
        case size
        case rest
        case data(remaining: Int)
        case dataEnd
        case trailer(isLineEmpty: Bool)
        case complete
    }

    /// Bytes of chunk extensions and trailers of a body.
    static let maxOverhead = 16 * 1024

    private let maxBytes: Int
    private var state = State.size
    private var size = 0
    private var total = 0
    private var overhead = 0
    private(set) var problem: Problem?

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    var isComplete: Bool { if case .complete = state { true } else { false } }

    /// - Returns: bytes that belong to the body; fewer than there are when it ends among them.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index < bytes.count, !isComplete, problem == nil {
            if case .data(let remaining) = state {
                let count = min(remaining, bytes.count - index)
                index += count
                state = remaining == count ? .dataEnd : .data(remaining: remaining - count)
            } else {
                take(bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .size:
            if let digit = HexDigit.value(byte) {
                size = size << 4 | Int(digit)
                if size > maxBytes { problem = .tooLarge }
            } else {
                state = .rest
                takeRest(byte)
            }
        case .rest: takeRest(byte)
        case .dataEnd:
            count()
            if byte == 0x0A { state = .size }
        case .trailer(let isLineEmpty):
            count()
            switch byte {
            case 0x0A: state = isLineEmpty ? .complete : .trailer(isLineEmpty: true)
            case 0x0D: break
            default: state = .trailer(isLineEmpty: false)
            }
        case .data, .complete: break
        }
    }

    /// What follows a size up to the end of its line.
    private mutating func takeRest(_ byte: UInt8) {
        guard byte == 0x0A else { return count() }
        total += size
        if total > maxBytes { problem = .tooLarge }
        state = size == 0 ? .trailer(isLineEmpty: true) : .data(remaining: size)
        size = 0
    }

    private mutating func count() {
        overhead += 1
        // A body in chunks of one byte is all overhead, so what the data itself brings is allowed on top.
        if overhead > Self.maxOverhead + 4 * total { problem = .excessive }
    }
}
