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

    @Test("databases and listening sockets are served in each turn, however many clients are ready")
    func order() async throws {
        let reactor = try Reactor(name: "test")
        let names = Array(repeating: "client", count: 150) + ["database", "listener"]
        let pipes = try names.map { _ in
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            #expect(write(ends[1], "x", 1) == 1)
            return ends
        }
        defer { for end in pipes.joined() { close(end) } }
        let (served, feed) = AsyncStream<String>.makeStream()
        // Registered before it runs, so that it finds all of them ready at once, the clients first.
        let watches = Mutex<[Watch]>([])
        for (name, ends) in zip(names, pipes) {
            let order: Watch.Order = name == "client" ? .late : name == "database" ? .early : .last
            let watch = reactor.watch(ends[0], interest: .read, order: order) { _ in
                var byte: UInt8 = 0
                _ = read(ends[0], &byte, 1)
                feed.yield(name)
            }
            watches.withLock { $0.append(watch) }
        }
        reactor.start()
        defer { reactor.stop() }
        var seen: [String] = []
        for await name in served {
            seen.append(name)
            if seen.count == names.count { break }
        }
        #expect(seen.first == "database")
        let place = try #require(seen.firstIndex(of: "listener"))
        #expect((2..<100).contains(place), "it waits for the clients of its turn, not for all of them")
    }

    @Test("tasks that prefer it run on its thread, also after waiting for others")
    func executor() async throws {
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        let places = await Task(executorPreference: reactor) {
            let before = reactor.isOnReactorThread
            await Task.detached {}.value
            return [before, reactor.isOnReactorThread]
        }.value
        #expect(places == [true, true])
    }

    @Test("a turn ends once for all who asked, after the work of the turn")
    func turnEnds() async throws {
        final class Observer: TurnEndObserver {
            let events = Mutex<[String]>([])
            func note(_ event: String) { events.withLock { $0.append(event) } }
            func turnEnds() { note("end") }
        }
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        let observer = Observer()
        #expect(!reactor.observeTurnEnd(observer))
        await withCheckedContinuation { continuation in
            reactor.execute {
                #expect(reactor.observeTurnEnd(observer))
                // Jobs that this one starts are part of the turn.
                Task(executorPreference: reactor) {
                    observer.note("job")
                    reactor.execute { continuation.resume() }
                }
                observer.note("work")
            }
        }
        #expect(observer.events.withLock { $0 } == ["work", "job", "end"])
    }

    @Test("tells of work that holds it")
    func holds() async throws {
        let (held, feed) = AsyncStream<Duration>.makeStream()
        let reactor = try Reactor(name: "test", longestHold: .milliseconds(5)) { feed.yield($0) }
        reactor.start()
        defer { reactor.stop() }
        reactor.execute { usleep(10_000) }
        var seen = held.makeAsyncIterator()
        let first = await seen.next()
        #expect(first.map { $0 >= .milliseconds(10) } == true)
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
