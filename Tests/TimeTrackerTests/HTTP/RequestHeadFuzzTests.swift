import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import TimeTracker

/// Heads from a seeded generator: what our parser takes, SwiftNIO's takes too and reads in the same way.
@Suite struct RequestHeadFuzzTests {
    @Test(arguments: 0..<8)
    func whatIsTakenIsReadAlike(_ seed: Int) throws {
        var random = Xorshift(seed: UInt64(seed) + 1)
        var taken = 0
        for _ in 0..<10_000 {
            let bytes = HeadSample.make(&random)
            // The peer knows a list of methods and of versions, and takes a tab behind a number for a part of it.
            guard let ours = parse(bytes), HeadSample.methods.contains(ours.method.rawValue),
                !String(decoding: bytes, as: UTF8.self).contains(#/HTTP/1\.[2-9]/#),
                ours.headers["content-length"].isEmpty || !bytes.contains(0x09)
            else { continue }
            taken += 1
            let theirs = try #require(peer(bytes), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            #expect(ours.method.rawValue == theirs.method.rawValue && ours.target.unchecked == theirs.uri)
            #expect(ours.isHTTP10 == (theirs.version == .http1_0))
            for name in ["host", "a", "content-length", "transfer-encoding", "x-b"] {
                // The peer leaves tabs at the end of a value.
                let values = theirs.headers[name].map { RawText($0).withoutOptionalWhiteSpace }
                #expect(ours.headers[name] == values, "\(name)")
            }
        }
        // A generator whose heads are all refused shows nothing.
        #expect(taken > 500)
    }

    private func parse(_ bytes: [UInt8]) -> RequestHead? {
        bytes.withUnsafeBytes { bytes in
            guard let length = HeadEnd.find(in: bytes, from: 0) else { return nil }
            return try? RequestHeadParser.parse(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
        }
    }

    private func peer(_ bytes: [UInt8]) -> HTTPRequestHead? {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        guard (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil,
            case .head(let head) = try? channel.readInbound(as: HTTPServerRequestPart.self)
        else { return nil }
        return head
    }
}

private struct Xorshift {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }
}

/// A head that is right or nearly so.
private enum HeadSample {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

    static func make(_ random: inout Xorshift) -> [UInt8] {
        let method = random.pick(methods + ["GET", "G ET"])
        let target = random.pick(["/", "/a/b?c=d", "*", "http://h/p", "/%20", "/a b", "", "//", "/#", "/\"<>"])
        let version = random.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 "])
        var text = "\(method) \(target) \(version)\r\nHost: h\r\n"
        for _ in 0..<random.next(5) {
            let name = random.pick(["A", "a", "X-B", "Content-Length", "Transfer-Encoding", "A ", "", "X:Y", "b\t"])
            let value = random.pick(["", "1", "chunked", "a b", "  x  ", "\t1\t", "a,b", "é", "0", "\"q\"", "a\r\n b"])
            text += name + random.pick([":", ": ", ":  ", " :"]) + value + random.pick(["\r\n", "\r\n", "\r\n", "\n"])
        }
        var bytes = Array((text + "\r\n").utf8)
        // One byte in some heads is another.
        if random.next(4) == 0 { bytes[random.next(bytes.count)] = UInt8(random.next(256)) }
        return bytes
    }
}
