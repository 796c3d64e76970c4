/// Takes a chunked body apart (RFC 9112 §7.1), strictly: every line ends with CR LF, every size has a digit.
///
/// Sizes are seen before their data comes, so that limits hold at once. Extensions and trailers are passed over.
struct ChunkDecoder {
    enum Problem: Error, Equatable {
        /// A chunk, or all of them, are larger than any body may be.
        case tooLarge
        /// Extensions or trailers beyond ``maxOverhead``, which nobody needs.
        case excessive
        case malformed
    }

    private enum State {
        case size(isEmpty: Bool)
        case `extension`
        case sizeLineFeed
        case data(remaining: Int)
        case dataReturn
        case dataLineFeed
        case trailer(isLineEmpty: Bool)
        case trailerLineFeed(isLineEmpty: Bool)
        case complete
    }

    /// Bytes around the data of a body.
    static let maxOverhead = 16 * 1024
    /// A body in chunks of one byte is mostly overhead: so many bytes more for each of data.
    private static let overheadRatio = 8

    private let maxBytes: Int
    private var state = State.size(isEmpty: true)
    private var size = 0
    private var total = 0
    private var overhead = 0

    /// - Parameter maxBytes: of data.
    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    var isComplete: Bool { if case .complete = state { true } else { false } }

    /// - Parameter onData: called with pieces of the body, in order.
    /// - Returns: bytes that belong to the body; fewer than there are when it ends among them.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, onData: (UnsafeRawBufferPointer) -> Void
    ) throws(Problem) -> Int {
        var index = 0
        while index < bytes.count, !isComplete {
            if case .data(let remaining) = state {
                let count = min(remaining, bytes.count - index)
                onData(UnsafeRawBufferPointer(rebasing: bytes[index..<index + count]))
                index += count
                state = remaining == count ? .dataReturn : .data(remaining: remaining - count)
            } else {
                try take(bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func take(_ byte: UInt8) throws(Problem) {
        overhead += 1
        if overhead > Self.maxOverhead + Self.overheadRatio * total { throw .excessive }
        switch state {
        case .size(let isEmpty): try takeSize(byte, isEmpty)
        case .extension:
            if byte == 0x0D { state = .sizeLineFeed } else { try requireText(byte) }
        case .sizeLineFeed:
            try require(byte, 0x0A)
            total += size
            guard total <= maxBytes else { throw .tooLarge }
            state = size == 0 ? .trailer(isLineEmpty: true) : .data(remaining: size)
            size = 0
        case .dataReturn:
            try require(byte, 0x0D)
            state = .dataLineFeed
        case .dataLineFeed:
            try require(byte, 0x0A)
            state = .size(isEmpty: true)
        case .trailer(let isLineEmpty):
            if byte == 0x0D {
                state = .trailerLineFeed(isLineEmpty: isLineEmpty)
            } else {
                try requireText(byte)
                state = .trailer(isLineEmpty: false)
            }
        case .trailerLineFeed(let isLineEmpty):
            try require(byte, 0x0A)
            state = isLineEmpty ? .complete : .trailer(isLineEmpty: true)
        case .data, .complete: break
        }
    }

    private mutating func takeSize(_ byte: UInt8, _ isEmpty: Bool) throws(Problem) {
        if let digit = HexDigit.value(byte) {
            size = size << 4 | Int(digit)
            guard size <= maxBytes else { throw .tooLarge }
            state = .size(isEmpty: false)
            return
        }
        guard !isEmpty else { throw .malformed }
        switch byte {
        case 0x0D: state = .sizeLineFeed
        // Blanks before an extension are told of old implementations.
        case UInt8(ascii: ";"), 0x20, 0x09: state = .extension
        default: throw .malformed
        }
    }

    private func require(_ byte: UInt8, _ expected: UInt8) throws(Problem) {
        guard byte == expected else { throw .malformed }
    }

    private func requireText(_ byte: UInt8) throws(Problem) {
        guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw .malformed }
    }
}
