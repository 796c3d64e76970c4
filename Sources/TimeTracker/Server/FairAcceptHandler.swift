import NIOCore
import Observability

/// Spreads connections evenly over the workers that accept from one shared socket.
///
/// A worker accepts only while it has at most one connection more than the least-loaded live worker; otherwise it looks
/// again every millisecond and, after 20 ms, accepts anyway, so that a wrong count can never stop the service. It also
/// keeps the number of connections of this worker bounded: at the bound the one idle longest makes room, and while none is
/// idle others wait in the kernel's queue.
final class FairAcceptHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private static let recheck = TimeAmount.milliseconds(1)
    private static let maxRechecks = 20

    private let board: StatusBoard
    private let slotIndex: Int
    private let maxConnections: Int
    private let registry: ConnectionRegistry
    private var open = 0
    private var rechecks = 0
    private var isWaiting = false

    init(board: StatusBoard, slotIndex: Int, maxConnections: Int, registry: ConnectionRegistry) {
        self.board = board
        self.slotIndex = slotIndex
        self.maxConnections = maxConnections
        self.registry = registry
    }

    func read(context: ChannelHandlerContext) {
        guard !isWaiting else { return }
        if open >= maxConnections || (!isFair && rechecks < Self.maxRechecks) {
            lookAgain(context)
        } else {
            rechecks = 0
            context.read()
        }
    }

    private func lookAgain(_ context: ChannelHandlerContext) {
        if open < maxConnections { rechecks += 1 } else { registry.makeRoom() }
        isWaiting = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.recheck) {
            let (handler, context) = bound.value
            handler.isWaiting = false
            handler.read(context: context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        let slot = board.slot(slotIndex)
        slot.addConnections(1)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            bound.value.open -= 1
            slot.addConnections(-1)
        }
        context.fireChannelRead(data)
    }

    private var isFair: Bool {
        var least = Int.max
        for index in 0..<board.slotCount {
            let slot = board.slot(index)
            if slot.state == .ready { least = min(least, slot.connections) }
        }
        return least == Int.max || open <= least + 1
    }
}
