import HTTPTypes
import NIOCore
import Reactor

/// A response that goes on: events for a browser, as they happen (WHATWG HTML §9.2, server-sent events).
///
/// It ends when either side closes, when the worker drains, or when the client reads too slowly; browsers come back then.
/// Confined to the reactor's thread, which is why `@unchecked Sendable` holds.
final class EventStream: @unchecked Sendable {
    /// Bytes that a client may be behind.
    private static let mostUnread = 64 * 1024

    private weak var connection: HTTPConnection?
    /// Called once, when it has ended.
    var onEnd: (() -> Void)?

    init(_ connection: HTTPConnection) { self.connection = connection }

    var isOpen: Bool { connection != nil }

    /// Sends lines of the format; they leave at the end of the reactor's turn.
    func send(_ lines: String) {
        guard let connection else { return }
        guard connection.outputBytes <= Self.mostUnread else { return connection.close() }
        connection.write(ByteBuffer(string: lines))
    }

    /// Closes the connection when what was sent before is written.
    func end() { connection?.closeAfterWriting() }

    /// The connection is no more.
    func connectionEnded() {
        connection = nil
        let onEnd = self.onEnd
        self.onEnd = nil
        onEnd?()
    }
}

extension HTTPConnection {
    /// Answers with what goes on. Nothing more is read from such a client.
    func open(_ reply: Reply, _ exchange: Exchange, _ opening: (EventStream) -> Void) {
        keepAlive = false
        finished(exchange, reply, bytes: send(reply, exchange, keepAlive: false))
        guard exchange.method != .head, !inputClosed, !service.registry.isDraining else {
            closeAfterWriting()
            return updateInterest()
        }
        phase = .streaming
        deadline = .max
        incoming = nil
        receiving = .nothing
        input = ByteBuffer()
        let stream = EventStream(self)
        self.stream = stream
        opening(stream)
        updateInterest()
    }
}
