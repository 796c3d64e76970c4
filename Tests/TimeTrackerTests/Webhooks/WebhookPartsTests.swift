import Testing

@testable import TimeTracker

struct WebhookPartsTests {
    /// Value from `printf %s '{"a":1}' | openssl dgst -sha256 -hmac key`.
    @Test func signature() {
        #expect(
            WebhookSignature.header(secret: "key", body: "{\"a\":1}")
                == "sha256=88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342")
    }

    @Test func secretsAreURLSafeBase64Of32Bytes() {
        let secrets = Set((0..<100).map { _ in WebhookSecret.generate() })
        #expect(secrets.count == 100)
        for secret in secrets {
            #expect(secret.utf8.count == 43)
            #expect(secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
    }

    @Test(arguments: [
        "Host", "content-length", "CONTENT-TYPE", "User-Agent", "X-Webhook-Signature", "x-webhook-", "TE",
    ])
    func reservedHeaders(name: String) {
        #expect(WebhookHeaders.isReserved(name))
    }

    @Test func storedHeadersAreCheckedAgain() {
        let fields = WebhookHeaders.fields(
            #"{"Authorization":"Bearer x","Host":"evil","X-A":"a\r\nB: c","X Y":"z","X-N":7,"X-Webhook-ID":"1","X-Ok":"ä"}"#
        )
        #expect(fields.map(\.name) == ["Authorization", "X-Ok"])
        #expect(WebhookHeaders.fields("[]").isEmpty && WebhookHeaders.fields("").isEmpty)
    }

    @Test func responseHeadersBecomeOneObject() {
        let headers = [("Set-Cookie", "a=1"), ("X-Q", "\"q\""), ("set-cookie", "b=2")]
        #expect(
            WebhookHeaders.json(headers.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) })
                == #"{"set-cookie":"a=1, b=2","x-q":"\"q\""}"#)
    }

    @Test func responseBodiesAreCutToCharacters() {
        #expect(WebhookSender.text(Array("a\0b".utf8)) == "a\u{FFFD}b")
        #expect(WebhookSender.text([0xFF, 0x41]) == "\u{FFFD}A")
        let long = WebhookSender.text(Array(String(repeating: "ä", count: 12_000).utf8))
        #expect(long.unicodeScalars.count == 10_000)
    }
}
