import Testing

@testable import TimeTracker

/// Chunked bodies (RFC 9112 §7.1).
@Suite struct ChunkDecoderTests {
    private struct Outcome: Equatable {
        var data = ""
        var taken = 0
        var isComplete = false
        var problem: ChunkDecoder.Problem?
    }

    private func decode(_ text: String, limit: Int = 100, piece: Int = .max) -> Outcome {
        var decoder = ChunkDecoder(maxBytes: limit)
        let bytes = Array(text.utf8)
        var data: [UInt8] = []
        var outcome = Outcome()
        while outcome.taken < bytes.count, !decoder.isComplete {
            let part = bytes[outcome.taken..<min(bytes.count, outcome.taken + min(piece, bytes.count))]
            do {
                outcome.taken += try part.withUnsafeBytes { try decoder.decode($0) { data.append(contentsOf: $0) } }
            } catch {
                outcome.problem = error as? ChunkDecoder.Problem
                break
            }
        }
        outcome.data = String(decoding: data, as: UTF8.self)
        outcome.isComplete = decoder.isComplete
        return outcome
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func bodiesEndWhereTheyEnd(_ piece: Int) {
        for (body, data) in [
            ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n", "hello0123456789"),
            ("1 \r\na\r\n0\r\n\r\n", "a"), ("00000005\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
        ] {
            let outcome = decode(body + "GET / HTTP/1.1", piece: piece)
            #expect(outcome == Outcome(data: data, taken: body.utf8.count, isComplete: true), "\(body)")
        }
    }

    @Test(arguments: [
        "FFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\r\n", "65\r\n",
        "64\r\n" + String(repeating: "a", count: 100) + "\r\n1\r\n",
    ])
    func sizesAreSeenBeforeTheData(_ body: String) {
        #expect(decode(body).problem == .tooLarge)
    }

    @Test(arguments: [
        "\r\n", "nope\r\n", "-1\r\n", "0x1\r\n", "1\na\r\n", "1\r\na\n", "1\r\nab", "1;\u{0}\r\n", "1\r\r\n",
        "0\r\nX: y\n\r\n",
        "0\r\n\r\r\n", " 1\r\n",
    ])
    func malformedBodiesAreRefused(_ body: String) {
        #expect(decode(body).problem == .malformed)
    }

    @Test func extensionsAndTrailersAreBounded() {
        #expect(decode("1;" + String(repeating: "x", count: 20_000)).problem == .excessive)
        #expect(decode(String(repeating: "0", count: 20_000)).problem == .excessive)
        #expect(decode("0\r\n" + String(repeating: "a: b\r\n", count: 4000)).problem == .excessive)
        #expect(decode(String(repeating: "1\r\na\r\n", count: 90) + "0\r\n\r\n").isComplete)
    }
}
