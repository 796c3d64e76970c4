/// The fields of a webhook's body (behaviour.md §10.1).
enum WebhookInput {

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
    static let method = InputField<Webhook.Method>.custom(
        "http_method", schema: .string(values: Webhook.Method.allCases.map(\.rawValue))
    ) { value in
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        let words = Webhook.Method.allCases.map(\.rawValue).joined(separator: ", ")
        return Webhook.Method(rawValue: raw.asciiUppercased.short ?? "").map { .success($0) }
            ?? .failure("Must be one of: \(words).")
    }
    static let contentType = InputField<String>.custom("content_type", schema: .string(maxLength: 50)) { value in
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        guard let text = raw.short, (1...50).contains(text.unicodeScalars.count) else {
            return .failure("Length must be between 1 and 50.")
        }
        let isMediaType = text.contains("/") && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        return isMediaType ? .success(text) : .failure("Not a valid media type.")
    }
    static let headers = InputField<JSONText>.custom(
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

    @Sendable private static func parseHeaders(_ value: JSONValue) -> Result<JSONText, InputFailure> {
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
        return .success(JSONText(json.text))
    }
}

extension WebhookChanges {
    /// - Parameter reachesPrivateNetworks: whether the URL may point to private addresses.
    init(_ input: inout InputReader, reachesPrivateNetworks: Bool) {
        self.init()
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
}
