import Foundation
import HTTPTypes
import NIOCore
import Reactor
import Synchronization
import Testing

@testable import TimeTracker

/// A connection without processes, databases or a clock: what comes in, what goes out, and what its deadlines do.
@Suite(.timeLimit(.minutes(1)))
struct HTTPConnectionTests {
    // MARK: Order

    @Test func requestsOfOneConnectionAreAnsweredInTheirOrder() async throws {
        let first = Gate()
        try await HTTPService.with(answer: { exchange in
            if exchange.path == "/1" { await first.wait() }
            return try await HTTPService.echo(exchange)
        }) { service in
            let client = try await ServedConnection.open(service)
            client.get("/1")
            client.get("/2")
            client.get("/3")
            first.open()
            let text = try await client.receive(through: "</3>")
            let places = ["</1>", "</2>", "</3>"].compactMap { text.range(of: $0)?.lowerBound }
            #expect(places.count == 3 && places == places.sorted())
        }
    }

    /// What is dear for the server doesn't buy a client more than its turn, however much of it has come at once.
    @Test func connectionsTakeTurnsOverDearRequests() async throws {
        let begun = Mutex<[String]>([])
        try await HTTPService.with(answer: { exchange in
            begun.withLock { $0.append(exchange.path) }
            let start = Reactor.now
            while Reactor.now < start + 5_000_000 {}
            return try await HTTPService.echo(exchange)
        }) { service in
            let clients = [try await ServedConnection.open(service), try await ServedConnection.open(service)]
            // Both are ready in one turn.
            await service.onReactor {
                for (client, name) in zip(clients, ["a", "b"]) {
                    for number in 1...4 { client.get("/\(name)/\(number)") }
                }
            }
            try await clients[0].receive(through: "</a/4>")
            try await clients[1].receive(through: "</b/4>")
        }
        let order = begun.withLock(\.self)
        #expect(order.count == 8)
        for (one, next) in zip(order, order.dropFirst()) { #expect(one.prefix(2) != next.prefix(2), "\(order)") }
    }

    @Test func nothingIsAnsweredBehindConnectionClose() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.get("/1", "Connection: close")
            client.get("/2")
            let text = await client.receiveAll()
            #expect(text.contains("</1>") && !text.contains("</2>"))
            #expect(text.contains("\r\nconnection: close\r\n"))
        }
    }

    @Test func aConnectionEndsAfterItsShareOfRequests() async throws {
        var limits = HTTPLimits()
        limits.maxRequestsPerConnection = 2
        try await HTTPService.with(limits, answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.get("/1")
            #expect(try await !client.receive(through: "</1>").contains("connection: close"))
            client.get("/2")
            #expect(await client.receiveAll().contains("\r\nconnection: close\r\n"))
        }
    }

    @Test func aClientThatHasSentAllIsAnsweredAndThenLeft() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.get("/1")
            client.get("/2")
            client.finish()
            let text = await client.receiveAll()
            #expect(text.contains("</1>") && text.hasSuffix("</2>"))
        }
    }

    @Test func aHeadMayComeByteByByte() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            for byte in "\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n" {
                client.send(String(byte))
                await service.onReactor {}
            }
            try await client.receive(through: "</slow>")
        }
    }

    // MARK: Deadlines

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            await client.deadlinePasses()
            #expect(await client.receiveAll().isEmpty)
            #expect(await service.onReactor { service.registry.count } == 0)
        }
    }

    @Test func halfAHeadIsATimeout() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.send("GET / HT")
            while await service.onReactor({ client.connection.headBytes }) == 0 {}
            await client.deadlinePasses()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test func halfABodyIsATimeout() async throws {
        try await HTTPService.with(answer: HTTPService.measure) { service in
            let client = try await ServedConnection.open(service)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123")
            while await service.onReactor({ client.connection.incoming?.isAwaited }) != true {}
            await client.deadlinePasses()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test func timeForTheHeadBeginsWithItsFirstByte() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.get("/1")
            try await client.receive(through: "</1>")
            let idle = await service.onReactor { client.connection.deadline }
            client.send("G")
            while await service.onReactor({ client.connection.headBytes }) == 0 {}
            let begun = await service.onReactor { client.connection.deadline }
            // 10 s for a head, 75 s between requests.
            #expect(begun < idle)
            client.send("E")
            while await service.onReactor({ client.connection.headBytes }) == 1 {}
            #expect(await service.onReactor { client.connection.deadline } == begun, "bytes give no more time")
        }
    }

    @Test func aBusyRequestHasNoDeadlineOfTheConnection() async throws {
        let done = Gate()
        try await HTTPService.with(answer: { exchange in
            await done.wait()
            return try await HTTPService.echo(exchange)
        }) { service in
            let client = try await ServedConnection.open(service)
            client.get("/long")
            while await service.onReactor({ service.inFlight }) == 0 {}
            #expect(await service.onReactor { client.connection.deadline } == .max)
            done.open()
            try await client.receive(through: "</long>")
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400"), ("\u{16}\u{03}\u{01}", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n", "431"),
    ])
    func whatIsNoRequestIsAnsweredOnce(_ bytes: String, _ status: String) async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.send(bytes)
            let text = await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 \(status) "))
            #expect(text.components(separatedBy: "HTTP/1.1 ").count == 2)
            #expect(await service.onReactor { service.budget.used == 0 })
        }
    }

    // MARK: The worker's connections

    @Test func drainingAnswersWhatIsInFlightAndClosesTheRest() async throws {
        let done = Gate()
        try await HTTPService.with(answer: { exchange in
            await done.wait()
            return try await HTTPService.echo(exchange)
        }) { service in
            let (busy, idle) = (try await ServedConnection.open(service), try await ServedConnection.open(service))
            busy.get("/busy")
            while await service.onReactor({ service.inFlight }) == 0 {}
            service.registry.start()
            async let drained: Void = service.registry.drain(within: .seconds(30))
            #expect(await idle.receiveAll().isEmpty)
            #expect(await service.onReactor { service.registry.count } == 1)
            done.open()
            let text = await busy.receiveAll()
            #expect(text.contains("</busy>") && text.contains("connection: close"))
            await drained
        }
    }

    @Test func roomIsMadeByTheOneIdleLongest() async throws {
        let done = Gate()
        try await HTTPService.with(answer: { exchange in
            if exchange.path == "/busy" { await done.wait() }
            return try await HTTPService.echo(exchange)
        }) { service in
            let busy = try await ServedConnection.open(service)
            busy.get("/busy")
            while await service.onReactor({ service.inFlight }) == 0 {}
            let (old, young) = (try await ServedConnection.open(service), try await ServedConnection.open(service))
            await service.onReactor { service.registry.makeRoom() }
            #expect(await old.receiveAll().isEmpty)
            young.get("/young")
            try await young.receive(through: "</young>")
            done.open()
            try await busy.receive(through: "</busy>")
        }
    }

    @Test func anAddressHasItsShareOfConnectionsAndAProxyHasNone() async throws {
        var limits = HTTPLimits()
        limits.maxConnectionsPerAddress = 2
        try await HTTPService.with(limits, answer: HTTPService.echo) { service in
            var kept: [ServedConnection] = []
            for (address, isKept) in [
                ([203, 0, 113, 9], true), ([203, 0, 113, 9], true), ([203, 0, 113, 9], false),
                ([203, 0, 113, 8], true),
                ([10, 0, 0, 1], true), ([10, 0, 0, 1], true), ([10, 0, 0, 1], true),
            ] as [([UInt8], Bool)] {
                let client = try await ServedConnection.open(service, from: address)
                #expect(await service.onReactor { client.connection.phase != .closed } == isKept, "\(address)")
                kept.append(client)
            }
            #expect(await service.onReactor { service.registry.count } == 6)
            await kept[0].deadlinePasses()
            let next = try await ServedConnection.open(service, from: [203, 0, 113, 9])
            next.get("/again")
            try await next.receive(through: "</again>")
        }
    }
}
