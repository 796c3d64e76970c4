import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Observability

/// Accepts from a listening socket that the supervisor opened and all workers share.
struct InheritedListener {
    let descriptor: Int32
    /// Length of the accept queue (listen(2)).
    let backlog: Int32

    /// Starts accepting. Closing the returned channel closes this process's copy only; the queue goes on.
    func start(
        on group: any EventLoopGroup, service: HTTPService, board: StatusBoard?, slotIndex: Int
    ) async throws -> any Channel {
        let maxConnections = service.limits.maxConnections
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderListSize = service.limits.maxHeaderBytes
        let parserLimits = decoderLimits
        let channel = try await ServerBootstrap(group: group)
            // One accept a wake-up: with more, the first worker to wake takes a burst whole.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let board else { return }
                    try channel.pipeline.syncOperations.addHandler(
                        FairAcceptHandler(
                            board: board, slotIndex: slotIndex, maxConnections: maxConnections,
                            registry: service.registry))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = HTTPConnection(service: service)
                    let decoder = HTTPRequestDecoder(
                        leftOverBytesStrategy: .dropBytes, limitConfiguration: parserLimits)
                    let pipeline = channel.pipeline.syncOperations
                    let guardian = FramingGuard(connection: connection, limits: service.limits)
                    connection.attach(guardian)
                    try pipeline.addHandler(guardian)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(connection)
                }
            }
            .withBoundSocket(descriptor)
            .get()
        // NIO has just called listen(2) with its own backlog, which resets the queue for every worker.
        listen(descriptor, backlog)
        return channel
    }
}
