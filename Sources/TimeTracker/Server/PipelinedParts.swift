import DequeModule
import NIOCore
import NIOHTTP1

/// Parts of requests that came while an earlier one is being answered, in order.
struct PipelinedParts {
    private var parts = Deque<HTTPServerRequestPart>()
    /// Memory they take, roughly, in bytes.
    private(set) var size = 0

    var isEmpty: Bool { parts.isEmpty }

    mutating func append(_ part: HTTPServerRequestPart) {
        parts.append(part)
        size += Self.size(part)
    }

    mutating func popFirst() -> HTTPServerRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        size -= Self.size(part)
        return part
    }

    private static func size(_ part: HTTPServerRequestPart) -> Int {
        switch part {
        case .head(let head):
            head.headers.reduce(head.uri.utf8.count + 256) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        case .body(let bytes): bytes.readableBytes + 64
        case .end: 64
        }
    }
}
