import NIOCore

/// How long a request is, as its head tells (RFC 9112 §6.3).
enum RequestFraming: Equatable {
    /// Bytes; 0 = no body.
    case length(Int)
    case chunked
}

/// Stands before the parser: follows where requests begin and end, so that limits hold before anything is parsed or kept.
///
/// It tells the connection when the bytes of a head come (that is where a head's time starts), bounds heads and the parts
/// of chunked bodies that the parser doesn't show (sizes, extensions, trailers; RFC 9112 §7.1), and hands the parser one
/// request at a time. What is malformed passes through: the parser says so.
final class FramingGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case head
        case body(remaining: Int)
        case chunked(ChunkScanner)
        /// The connection takes no more requests; what comes is dropped.
        case ended
    }

    private let connection: HTTPConnection
    private let maxHeadBytes: Int
    private let maxBodyBytes: Int
    private var state = State.head
    private var headBytes = 0
    private var isLineEmpty = true
    private var hasLine = false
    private var isHeadComplete = false
    /// The request line so far, up to ``longestLine`` bytes.
    private var line: [UInt8] = []
    private static let longestLine = 256

    init(connection: HTTPConnection, limits: HTTPLimits) {
        self.connection = connection
        self.maxHeadBytes = limits.maxHeaderBytes
        self.maxBodyBytes = limits.maxBodyBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        while buffer.readableBytes > 0 {
            if case .ended = state { return }
            let count = span(of: buffer)
            guard let part = buffer.readSlice(length: count) else { return }
            context.fireChannelRead(wrapInboundOut(part))
            partPassed()
        }
    }

    /// Bytes from the front that belong to the current part of a request; sees to the limits.
    private func span(of buffer: ByteBuffer) -> Int {
        switch state {
        case .ended: return buffer.readableBytes
        case .body(let remaining):
            let count = min(remaining, buffer.readableBytes)
            state = .body(remaining: remaining - count)
            return count
        case .chunked(var scanner):
            let count = buffer.withUnsafeReadableBytes { scanner.scan($0) }
            state = .chunked(scanner)
            if let problem = scanner.problem {
                state = .ended
                connection.bodyIsRefused(problem)
            }
            return count
        case .head:
            let count = buffer.withUnsafeReadableBytes { scanHead($0) }
            headBytes += count
            connection.headBytesArrived(count)
            if headBytes > maxHeadBytes {
                state = .ended
                connection.refuse(.headerFieldsTooLarge)
            }
            return count
        }
    }

    /// After the parser has seen the bytes: on to the next part if this one is complete.
    private func partPassed() {
        switch state {
        case .ended: break
        case .body(let remaining): if remaining == 0 { beginHead() }
        case .chunked(let scanner): if scanner.isComplete { beginHead() }
        case .head:
            guard isHeadComplete else { return }
            switch connection.takeFraming() {
            case .length(0): beginHead()
            case .length(let count): state = .body(remaining: count)
            case .chunked: state = .chunked(ChunkScanner(maxBytes: maxBodyBytes))
            case nil:
                // The parser took it for something else, as it does the preface of HTTP/2.
                state = .ended
                connection.refuse(.malformedRequest)
            }
        }
    }

    private func beginHead() {
        state = .head
        headBytes = 0
        isLineEmpty = true
        hasLine = false
        line.removeAll(keepingCapacity: true)
    }

    /// Up to and including the empty line that ends a head. Empty lines before a request line don't (RFC 9112 §2.2).
    private func scanHead(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        isHeadComplete = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A {
                if isLineEmpty, hasLine {
                    isHeadComplete = true
                    return index
                }
                hasLine = hasLine || !isLineEmpty
                isLineEmpty = true
            } else if byte != 0x0D {
                isLineEmpty = false
                if !hasLine, line.count < Self.longestLine { line.append(byte) }
            }
        }
        return index
    }

    /// Whether the request line has the form `token target HTTP/x.y` (RFC 9112 §3), whatever the method.
    var isRequestLineHTTP: Bool {
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count >= 2, let method = words.first, !method.isEmpty, !words[1].isEmpty else { return false }
        let isToken = method.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || Array("!#$%&'*+-.^_`|~".utf8).contains($0)
        }
        guard isToken else { return false }
        return line.count >= Self.longestLine || (words.count == 3 && words[2].starts(with: Array("HTTP/".utf8)))
    }
}
