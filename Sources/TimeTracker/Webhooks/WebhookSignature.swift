import Cryptography

/// The value of `X-Webhook-Signature` (behaviour.md §10.5).
enum WebhookSignature {
    /// `sha256=` and the lower-case hex HMAC-SHA256 of the body under the secret's UTF-8.
    static func header(secret: String, body: String) -> String {
        "sha256=" + HMACKey(secret).code(of: body).hex
    }
}
