/// The fields of a webhook's body (behaviour.md §10.1).
enum WebhookInput {
    static let methods = ["POST", "PUT", "PATCH"]

    static let name = InputField<String>.string("name", max: 200, min: 1, required: "Name is required")
    static let description = InputField<String>.string("description", max: 10_000, emptyIsNull: true, nullable: true)
    static let url = InputField<String>.custom(
        "url",
        schema: .string(description: "Absolute http or https URL", format: "uri", maxLength: WebhookTarget.maxLength),
        required: "URL is required"
    ) { value in
        guard let text = value.stringValue?.trimmed else { return .failure("Not a valid string.") }
        guard !text.isEmpty else { return .failure("URL is required") }
        do throws(RawText.Refusal) {
            return .success(try text.text(atMost: WebhookTarget.maxLength))
        } catch {
            return InputFailure.result(error, limit: WebhookTarget.maxLength)
        }
    }
    static let events = InputField<[String]>.custom(
        "events",
        schema: .array(of: .string(values: EventType.all + ["*"]), description: "Events to be told of; * = all"),
        required: "At least one event is required", parse: parseEvents)
    static let method = InputField<String>.custom("http_method", schema: .string(values: methods)) { value in
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        let text = raw.asciiUppercased.short ?? ""
        return methods.contains(text) ? .success(text) : .failure("Must be one of: \(methods.joined(separator: ", ")).")
    }
    static let contentType = InputField<String>.custom("content_type", schema: .string(maxLength: 50)) { value in
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        guard let text = raw.short, (1...50).contains(text.unicodeScalars.count) else {
            return .failure("Length must be between 1 and 50.")
        }
        let isMediaType = text.contains("/") && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        return isMediaType ? .success(text) : .failure("Not a valid media type.")
    }
    static let headers = InputField<String>.custom(
        "headers", schema: .object(description: "Header fields to add to every request", nullable: true),
        nullable: true,
        parse: parseHeaders)
    static let isActive = InputField<Bool>.boolean("is_active")
    static let maxRetries = InputField<Int64>.integer("max_retries", range: 0...10)
    static let retryDelay = InputField<Int64>.integer("retry_delay_seconds", range: 1...86_400)
    static let timeout = InputField<Int64>.integer("timeout_seconds", range: 1...60)
    static let generatesSecret = InputField<Bool>.boolean("generate_secret")
    static let secret = InputField<String>.custom("secret", schema: .string(maxLength: 128)) { value in
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        guard (16...128).contains(raw.codePointCount) else { return .failure("Length must be between 16 and 128.") }
        return (try? raw.text(atMost: 128)).map { .success($0) } ?? .failure("Not a valid string.")
    }

    static let body = BodySchema(
        "WebhookInput",
        [
            name, description, url, events, method, contentType, headers, isActive, maxRetries, retryDelay, timeout,
            generatesSecret, secret,
        ])

    @Sendable private static func parseEvents(_ value: JSONValue) -> Result<[String], InputFailure> {
        guard let values = value.arrayValue else { return .failure("Not a valid list.") }
        guard !values.isEmpty else { return .failure("At least one event is required") }
        var events: [String] = []
        for value in values {
            guard let raw = value.stringValue?.trimmed else { return .failure("Not a valid string.") }
            guard let name = raw.short, name == "*" || EventType.isKnown(name) else {
                return .failure("Unknown event: \(raw.prefix(codePoints: 100).unchecked)")
            }
            if !events.contains(name) { events.append(name) }
        }
        return .success(events)
    }

    @Sendable private static func parseHeaders(_ value: JSONValue) -> Result<String, InputFailure> {
        guard case .object(let object) = value else { return .failure("Not a valid object.") }
        guard object.members.count <= WebhookHeaders.maxCount else {
            return .failure("At most \(WebhookHeaders.maxCount) headers are allowed.")
        }
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        for (key, value) in object.members {
            guard let name = key.short, WebhookHeaders.isValidName(name) else {
                return .failure("Not a valid header name.")
            }
            guard !WebhookHeaders.isReserved(name) else { return .failure("The header \(name) can't be set.") }
            guard let text = value.stringValue, WebhookHeaders.isValidValue(text), text.isStreamSafe else {
                return .failure("The header \(name) has no valid value.")
            }
            json.key(JSONKey(escaping: name))
            json.value(text)
        }
        json.endObject()
        return .success(json.text)
    }
}

/// What a body wants to set on a webhook.
struct WebhookChanges: Sendable {
    private let name, description, url, method, contentType, headers: Presence<String>
    private let events: Presence<[String]>
    private let isActive: Presence<Bool>
    private let maxRetries, retryDelay, timeout: Presence<Int64>
    private let generatesSecret: Presence<Bool>
    private let givenSecret: Presence<String>

    /// - Parameter reachesPrivateNetworks: whether the URL may point to private addresses.
    init(_ input: inout InputReader, reachesPrivateNetworks: Bool) {
        name = input.get(WebhookInput.name)
        description = input.get(WebhookInput.description)
        url = input.get(WebhookInput.url)
        events = input.get(WebhookInput.events)
        method = input.get(WebhookInput.method)
        contentType = input.get(WebhookInput.contentType)
        headers = input.get(WebhookInput.headers)
        isActive = input.get(WebhookInput.isActive)
        maxRetries = input.get(WebhookInput.maxRetries)
        retryDelay = input.get(WebhookInput.retryDelay)
        timeout = input.get(WebhookInput.timeout)
        generatesSecret = input.get(WebhookInput.generatesSecret)
        givenSecret = input.get(WebhookInput.secret)
        guard let url = url.value else { return }
        do throws(WebhookTarget.Refusal) {
            _ = try WebhookTarget(url, reachesPrivateNetworks: reachesPrivateNetworks)
        } catch {
            input.errors.add("url", error.message)
        }
    }

    func apply(to webhook: inout Webhook) {
        webhook.name = name.value ?? webhook.name
        webhook.description = description.orKeep(webhook.description)
        webhook.url = url.value ?? webhook.url
        webhook.events = events.value ?? webhook.events
        webhook.method = method.value ?? webhook.method
        webhook.contentType = contentType.value ?? webhook.contentType
        webhook.headers = headers.orKeep(webhook.headers) ?? "{}"
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

extension Webhook {
    /// A webhook with the defaults of behaviour.md §10.1, not stored yet.
    static let new = Webhook(
        id: 0, name: "", url: "", events: [], method: "POST", contentType: "application/json", headers: "{}",
        isActive: true, userID: 0, maxRetries: 3, retryDelay: 60, timeout: 30, totalDeliveries: 0,
        successfulDeliveries: 0, failedDeliveries: 0, createdAt: 0, updatedAt: 0)
}
