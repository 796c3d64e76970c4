/// What somebody wants to set on a webhook.
struct WebhookChanges: Sendable {
    var name: Presence<String> = .absent
    var description: Presence<String> = .absent
    var url: Presence<String> = .absent
    var method: Presence<Webhook.Method> = .absent
    var contentType: Presence<String> = .absent
    var headers: Presence<JSONText> = .absent
    var events: Presence<[String]> = .absent
    var isActive: Presence<Bool> = .absent
    var maxRetries: Presence<Int64> = .absent
    var retryDelay: Presence<Int64> = .absent
    var timeout: Presence<Int64> = .absent
    var generatesSecret: Presence<Bool> = .absent
    var givenSecret: Presence<String> = .absent

    func apply(to webhook: inout Webhook) {
        webhook.name = name.value ?? webhook.name
        webhook.description = description.orKeep(webhook.description)
        webhook.url = url.value ?? webhook.url
        webhook.events = events.value ?? webhook.events
        webhook.method = method.value ?? webhook.method
        webhook.contentType = contentType.value ?? webhook.contentType
        webhook.headers = headers.orKeep(webhook.headers) ?? .emptyObject
        webhook.isActive = isActive.value ?? webhook.isActive
        webhook.maxRetries = maxRetries.value ?? webhook.maxRetries
        webhook.retryDelay = retryDelay.value ?? webhook.retryDelay
        webhook.timeout = timeout.value ?? webhook.timeout
    }

    /// The secret to store; `.absent` keeps the old one.
    ///
    /// - Parameter isNew: a new webhook gets a secret unless the body refuses one.
    func secret(isNew: Bool) -> Presence<String> {
        if let secret = givenSecret.value { return .value(secret) }
        return generatesSecret.value ?? isNew ? .value(WebhookSecret.generate()) : .absent
    }
}

/// Secrets that sign deliveries.
enum WebhookSecret {
    /// 32 random bytes as URL-safe base64 without padding, 43 characters (RFC 4648 §5).
    static func generate() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            let group = chunk.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - chunk.count))
            for digit in 0...chunk.count { out.append(alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)]) }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
