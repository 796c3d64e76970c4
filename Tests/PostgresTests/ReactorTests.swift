import Glibc
import Reactor
import Synchronization
import Testing

@Suite("Reactor", .timeLimit(.minutes(1)))
struct ReactorTests {
    @Test("runs work on its own thread, in order")
    func execute() async throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        let seen = Mutex<[Int]>([])
        let isOnThread = await withCheckedContinuation { continuation in
            for number in 0..<100 { reactor.execute { seen.withLock { $0.append(number) } } }
            reactor.execute { continuation.resume(returning: reactor.isOnReactorThread) }
        }
        #expect(isOnThread)
        #expect(!reactor.isOnReactorThread)
        #expect(seen.withLock { $0 } == Array(0..<100))
    }

    @Test("timers fire at their time, the earlier first, cancelled ones never")
    func timers() async throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        let fired = Mutex<[String]>([])
        let begin = Reactor.now
        await withCheckedContinuation { continuation in
            reactor.schedule(after: .milliseconds(40)) { continuation.resume() }
            reactor.schedule(after: .milliseconds(10)) { fired.withLock { $0.append("first") } }
            reactor.schedule(after: .milliseconds(5)) { fired.withLock { $0.append("cancelled") } }.cancel()
        }
        #expect(fired.withLock { $0 } == ["first"])
        #expect(Reactor.now - begin >= 40_000_000)
    }

    @Test("reports readable, hang-up, and nothing after a cancel")
    func watch() async throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        var descriptors: [Int32] = [0, 0]
        try #require(pipe(&descriptors) == 0)
        let (input, output) = (descriptors[0], descriptors[1])
        defer { close(input) }
        let (stream, feed) = AsyncStream<Readiness>.makeStream()
        let watch = reactor.watch(input, interest: .read) { readiness in
            var byte: UInt8 = 0
            if readiness.contains(.readable) { _ = read(input, &byte, 1) }
            feed.yield(readiness)
            if readiness.contains(.hangup) { feed.finish() }
        }
        #expect(write(output, "x", 1) == 1)
        var seen = stream.makeAsyncIterator()
        #expect(await seen.next()?.contains(.readable) == true)
        close(output)
        while let readiness = await seen.next() { #expect(readiness.contains(.hangup)) }
        watch.cancel()
        watch.cancel()
    }

    @Test("stops twice without harm and drops what it held")
    func stop() throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        reactor.start()
        reactor.stop()
        reactor.stop()
        reactor.execute { Issue.record("ran after stop") }
    }
}
