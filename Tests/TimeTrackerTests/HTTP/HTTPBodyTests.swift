import Foundation
import HTTPTypes
import Testing

@testable import TimeTracker

/// Bodies of requests on a connection: who reads them, and how much of them.
@Suite(.timeLimit(.minutes(1)))
struct HTTPBodyTests {
    @Test func aBodyIsReadOnlyForWhomItIsWanted() async throws {
        try await HTTPService.with(answer: { exchange in
            try await exchange.path == "/wanted" ? HTTPService.measure(exchange) : HTTPService.echo(exchange)
        }) { service in
            let client = try await ServedConnection.open(service)
            client.send("POST /wanted HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("12345")
            try await client.receive(through: "<5>")
            client.send("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            let rest = await client.receiveAll()
            #expect(rest.hasPrefix("HTTP/1.1 200") && rest.contains("connection: close"))
        }
    }

    @Test func aShortBodyNobodyWantedIsPassedOver() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nGET / HTTP")
            client.get("/2")
            let text = try await client.receive(through: "</2>")
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3)
        }
    }

    @Test func aBodyOfUnknownSizeThatNobodyWantedEndsTheConnection() async throws {
        try await HTTPService.with(answer: HTTPService.echo) { service in
            let client = try await ServedConnection.open(service)
            client.send("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            let text = await client.receiveAll()
            #expect(text.contains("</1>") && text.contains("\r\nconnection: close\r\n"))
        }
    }

    @Test func aBodyBeyondTheLimitIsRefusedBeforeItIsRead() async throws {
        try await HTTPService.with(answer: HTTPService.measure) { service in
            let client = try await ServedConnection.open(service)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n")
            let text = await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 413") && text.contains("payload_too_large"))
        }
    }

    @Test func bodiesOfOneClientShareItsMemory() async throws {
        var limits = HTTPLimits()
        limits.maxBodyBytesPerClient = 150_000
        try await HTTPService.with(limits, answer: HTTPService.measure) { service in
            let (first, second) = (
                try await ServedConnection.open(service), try await ServedConnection.open(service)
            )
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n"
            first.send(head)
            // Answered only once both have been heard.
            second.send(head)
            #expect(await second.receiveAll().hasPrefix("HTTP/1.1 503"))
            first.send(String(repeating: "x", count: 90_000))
            try await first.receive(through: "<90000>")
            #expect(await service.onReactor { service.budget.used == 0 })
        }
    }
}
