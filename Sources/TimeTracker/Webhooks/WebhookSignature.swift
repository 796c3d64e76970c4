import Crypto

/// The value of `X-Webhook-Signature` (behaviour.md §10.5).
enum WebhookSignature {
    /// `sha256=` and the lower-case hex HMAC-SHA256 of the body under the secret's UTF-8.
    static func header(secret: String, body: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
        let digits = Array("0123456789abcdef".utf8)
        let hex = code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "sha256=" + String(decoding: hex, as: UTF8.self)
    }
}
