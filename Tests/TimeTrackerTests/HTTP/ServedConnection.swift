import CKernel
import Foundation
import Glibc
import HTTPTypes
import NIOCore
import Reactor
import Testing

@testable import TimeTracker

/// A connection of the server in this process, over a pair of sockets, and the client's end of it.
///
/// The client reads on the same reactor, so that what it sees can be awaited.
final class ServedConnection: @unchecked Sendable {
    struct TooLittle: Error {
        let got: String
    }

    let connection: HTTPConnection
    let service: HTTPService
    private let end: Int32
    private var watch: Watch?
    private var chunks: AsyncStream<[UInt8]>.Iterator
    private let feed: AsyncStream<[UInt8]>.Continuation
    private var received = ""

    /// - Parameters:
    ///   - from: the client's address, of four bytes; nil = this machine.
    ///   - isReading: false = the client takes nothing until ``read()``.
    static func open(_ service: HTTPService, from address: [UInt8]? = nil, isReading: Bool = true) async throws
        -> ServedConnection
    {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        let (server, client) = (ends[0], ends[1])
        return await service.onReactor {
            var peer = kernel_peer()
            if let address {
                peer.length = UInt8(address.count)
                withUnsafeMutableBytes(of: &peer.address) { $0.copyBytes(from: address) }
            }
            let connection = HTTPConnection(
                descriptor: server, peer: Peer(peer, service.proxies), service: service)
            let isKept = service.registry.add(connection)
            if isKept { connection.start() } else { connection.close() }
            let served = ServedConnection(connection, service, client)
            if isReading { served.read() }
            return served
        }
    }

    private init(_ connection: HTTPConnection, _ service: HTTPService, _ end: Int32) {
        self.connection = connection
        self.service = service
        self.end = end
        let stream = AsyncStream<[UInt8]>.makeStream()
        (chunks, feed) = (stream.stream.makeAsyncIterator(), stream.continuation)
    }

    /// Begins to take what the server sends.
    func read() {
        watch = service.reactor.watch(end, interest: .read) { [weak self, end] _ in
            guard let self else { return }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = Glibc.read(end, &bytes, bytes.count)
            if count > 0 { return _ = feed.yield(Array(bytes[..<count])) }
            if count < 0, errno == EAGAIN { return }
            watch?.cancel()
            feed.finish()
        }
    }

    /// What a server that has closed doesn't take is lost.
    func send(_ text: String) {
        let count = kernel_send(end, text, UInt64(text.utf8.count))
        if count != text.utf8.count, errno != EPIPE {
            Issue.record("the socket took \(count) of \(text.utf8.count) bytes")
        }
    }

    /// A request without a body.
    func get(_ target: String, _ fields: String...) {
        send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n")
    }

    /// Waits until `text` has come, and takes all up to its end.
    @discardableResult
    func receive(through text: String) async throws -> String {
        while true {
            if let range = received.range(of: text) {
                defer { received = String(received[range.upperBound...]) }
                return String(received[..<range.upperBound])
            }
            guard let chunk = await chunks.next() else { throw TooLittle(got: received) }
            received += String(decoding: chunk, as: UTF8.self)
        }
    }

    /// All that comes until the server closes.
    func receiveAll() async -> String {
        while let chunk = await chunks.next() { received += String(decoding: chunk, as: UTF8.self) }
        return received
    }

    /// No more will be sent.
    func finish() { shutdown(end, Int32(SHUT_WR)) }

    /// As if the connection's time were up.
    func deadlinePasses() async {
        await service.onReactor { [connection] in
            connection.deadline = 0
            connection.deadlinePassed()
        }
    }

    deinit {
        watch?.cancel(closes: true)
        close(end)
    }
}

extension HTTPService {
    /// Answers with the path, as a body.
    static let echo: @Sendable (Exchange) async throws -> Reply = { exchange in
        Reply(status: .ok, body: ByteBuffer(string: "<\(exchange.path)>"))
    }

    /// Answers with the size of the body.
    static let measure: @Sendable (Exchange) async throws -> Reply = { exchange in
        try await exchange.receiveBody(limit: 100_000)
        return Reply(status: .ok, body: ByteBuffer(string: "<\(exchange.body?.readableBytes ?? 0)>"))
    }

    /// Runs `body` on the reactor's thread.
    func onReactor<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            reactor.execute { continuation.resume(returning: body()) }
        }
    }

    /// Serves with what `answer` says, runs `body`, stops.
    static func with(
        _ limits: HTTPLimits = HTTPLimits(), answer: @escaping @Sendable (Exchange) async throws -> Reply,
        _ body: (HTTPService) async throws -> Void
    ) async throws {
        let reactor = try Reactor(name: "http-tests")
        reactor.start()
        defer { reactor.stop() }
        let service = HTTPService(
            reactor: reactor, limits: limits, proxies: TrustedProxies(networks: "10.0.0.0/8", hops: 1),
            responder: Answering(answer: answer), accessLog: nil, slot: nil)
        try await body(service)
    }

    private struct Answering: HTTPResponder {
        let answer: @Sendable (Exchange) async throws -> Reply

        func respond(to exchange: Exchange) async -> Reply {
            do {
                return try await answer(exchange)
            } catch let refusal as HTTPRefusal {
                return reply(to: refusal)
            } catch {
                return APIError(.internalServerError, "internal_error", "\(error)").reply
            }
        }

        func reply(to refusal: HTTPRefusal) -> Reply { APIError(refusal).reply }
    }
}

/// Something that one waits for and another lets happen.
final class Gate: Sendable {
    private let stream = AsyncStream<Void>.makeStream()

    func open() { stream.continuation.finish() }

    func wait() async { for await _ in stream.stream {} }
}
