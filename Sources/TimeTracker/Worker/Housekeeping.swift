import NIOCore
import Observability
import Reactor

/// What a worker does besides requests: heartbeat, flushing counters and logs.
final class Housekeeping: Sendable {
    private static let beatInterval = TimeAmount.seconds(1)
    private static let usageInterval: Duration = .seconds(3)

    private let app: Application
    private let loop: any EventLoop
    private let reactor: Reactor
    private let slot: SlotLine?
    private let accessLog: AccessLog?
    private let tasks: NIOLoopBoundBox<[RepeatedTask]>

    init(app: Application, loop: any EventLoop, reactor: Reactor, slot: SlotLine?, accessLog: AccessLog?) {
        self.app = app
        self.loop = loop
        self.reactor = reactor
        self.slot = slot
        self.accessLog = accessLog
        self.tasks = NIOLoopBoundBox.makeBoxSendingValue([], eventLoop: loop)
    }

    func start() {
        loop.execute {
            self.tasks.value = [
                self.loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.beatInterval) { _ in self.beat() },
                self.loop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) { _ in
                    self.accessLog?.flushIfDue()
                },
                self.loop.scheduleRepeatedTask(initialDelay: .seconds(3), delay: .seconds(3)) { _ in
                    Task { await self.app.tokenUsage.flush(to: self.app.db) }
                },
            ]
        }
    }

    /// Stops the timers and writes what has been collected.
    func stop() async {
        _ = try? await loop.submit { for task in self.tasks.value { task.cancel() } }.get()
        await app.tokenUsage.flush(to: app.db)
    }

    /// The stamp goes through the event loop and the reactor, so that either of them being stuck stops the beat.
    private func beat() {
        guard let slot else { return }
        reactor.execute { slot.beat(WallClock.monotonic()) }
    }
}
