import Foundation
import HTTPTypes
import NIOCore
import Reactor
import Testing

@testable import TimeTracker

/// What becomes of responses that a client doesn't take at once.
@Suite(.timeLimit(.minutes(1)))
struct HTTPConnectionOutputTests {
    @Test func aClientThatDoesNotReadHoldsItsOwnResponseOnly() async throws {
        let size = 1_000_000
        try await HTTPService.with(answer: { exchange in
            exchange.path == "/large"
                ? Reply(status: .ok, body: ByteBuffer(repeating: 0x78, count: size))
                : Reply(status: .ok, body: ByteBuffer(string: "<\(exchange.path)>"))
        }) { service in
            let slow = try await ServedConnection.open(service, isReading: false)
            slow.get("/large")
            slow.get("/behind")
            while await service.onReactor({ slow.connection.phase }) != .writing {}
            let other = try await ServedConnection.open(service)
            other.get("/other")
            try await other.receive(through: "</other>")
            slow.read()
            let text = try await slow.receive(through: "</behind>")
            #expect(text.utf8.count > size)
        }
    }

    @Test func whatIsNeverReadIsGivenUp() async throws {
        try await HTTPService.with(answer: { _ in
            Reply(status: .ok, body: ByteBuffer(repeating: 0x78, count: 4_000_000))
        }) { service in
            let client = try await ServedConnection.open(service, isReading: false)
            client.get("/large")
            while await service.onReactor({ client.connection.phase }) != .writing {}
            await client.deadlinePasses()
            #expect(await service.onReactor { service.registry.count } == 0)
        }
    }

    /// Small ones are collected behind their heads, large ones leave from their own memory: byte by byte in their order.
    @Test func responsesArriveWholeHoweverLittleIsTakenAtATime() async throws {
        let sizes = [3, 20_000, 5, 16_384, 400_000, 7, 9, 1_500_000, 4]
        @Sendable func body(_ path: String) -> String {
            let index = Int(path.dropFirst()) ?? 0
            return (0..<sizes[index] / 8).map { "\(index):" + String(1_000_000 + $0).dropFirst() }.joined()
                + "<\(index)>"
        }
        try await HTTPService.with(answer: { Reply(status: .ok, body: ByteBuffer(string: body($0.path))) }) { service in
            let client = try await ServedConnection.open(service, isReading: false)
            for index in sizes.indices { client.get("/\(index)") }
            while await service.onReactor({ client.connection.phase }) != .writing {}
            client.read()
            for index in sizes.indices {
                let text = try await client.receive(through: "<\(index)>")
                let head = try #require(text.range(of: "\r\n\r\n"))
                let expected = body("/\(index)")
                #expect(text.utf8.starts(with: "HTTP/1.1 200 OK\r\n".utf8))
                #expect(text[..<head.lowerBound].contains("content-length: \(expected.utf8.count)\r\n"))
                #expect(text[head.upperBound...].utf8.elementsEqual(expected.utf8))
            }
        }
    }
}
