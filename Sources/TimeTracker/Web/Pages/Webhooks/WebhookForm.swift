/// The form of a webhook (``WebhookInput``).
enum WebhookForm {
    private static let headersField = "headers"

    private static let all = "*"

    /// - Parameter isNew: a new webhook gets a secret anyway.
    static func fields(isNew: Bool) -> [FormField] {
        let fields = [
            FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
            FormField(
                name: "url", label: "URL", control: .input("url"), hint: "Where the events are sent.", isRequired: true,
                maxLength: WebhookTarget.maxLength, placeholder: "https://example.com/hook", emptiness: .text),
            FormField(name: "description", label: "Description", control: .area(rows: 2), maxLength: 10_000),
            FormField(
                name: "events", label: "Events",
                control: .checks(
                    [.init(value: all, name: "All events")] + EventType.all.map { .init(value: $0, name: $0) }),
                isRequired: true),
            FormField(
                name: "http_method", label: "Method",
                control: .select(Webhook.Method.allCases.map { .init(value: $0.rawValue, name: $0.rawValue) }),
                emptiness: .absent, isShort: true),
            FormField(
                name: "content_type", label: "Content type", maxLength: 50, emptiness: .absent, isShort: true),
            FormField(
                name: headersField, label: "Header fields", control: .area(rows: 3),
                hint: "One a line, as in X-Team: blue.", maxLength: 100_000),
            number("max_retries", "Retries", "0 to 10."),
            number(
                "retry_delay_seconds", "Seconds before the first retry", "1 to 86400. Doubled for each one after it."),
            number("timeout_seconds", "Seconds to wait for an answer", "1 to 60."),
            FormField(name: "is_active", label: "Active", control: .check),
        ]
        let renewal = FormField(
            name: "generate_secret", label: "Make a new secret", control: .check,
            hint: "The old one is no longer used from then on.")
        return isNew ? fields : fields + [renewal]
    }

    private static func number(_ name: String, _ label: String, _ hint: String) -> FormField {
        FormField(
            name: name, label: label, hint: hint, maxLength: 6, emptiness: .absent, inputMode: "numeric", isShort: true)
    }

    static func values(_ webhook: Webhook) -> [String: String] {
        [
            "name": webhook.name, "url": webhook.url, "description": webhook.description ?? "",
            "events": webhook.events.joined(separator: ","), "http_method": webhook.method.rawValue,
            "content_type": webhook.contentType,
            headersField: WebhookHeaders.fields(webhook.headers.text).map { "\($0.name): \($0.value)" }
                .joined(separator: "\n"),
            "max_retries": "\(webhook.maxRetries)", "retry_delay_seconds": "\(webhook.retryDelay)",
            "timeout_seconds": "\(webhook.timeout)", "is_active": webhook.isActive ? "on" : "",
        ]
    }

    /// What the operation takes.
    ///
    /// - Throws: ``ValidationError`` for header fields that can't be read.
    static func members(_ form: FormBody, isNew: Bool) throws -> [(String, JSONValue)] {
        var members = fields(isNew: isNew).filter { $0.name != headersField }.compactMap { field in
            field.value(in: form).map { (field.name, $0) }
        }
        members.append((headersField, .object(try headers(form.text(headersField) ?? ""))))
        return members
    }

    private static func headers(_ text: String) throws -> JSONObject {
        var object = JSONObject()
        var errors = ValidationErrors()
        let lines = RawText(text).split(UInt8(ascii: "\n"))
        for (number, line) in lines.enumerated() where !line.trimmed.isEmpty {
            let parts = line.split(UInt8(ascii: ":"), most: 2)
            guard parts.count == 2 else {
                errors.add(headersField, "Line \(number + 1) is no name and value with a colon between.")
                break
            }
            let name = parts[0].trimmed
            guard object[name] == nil else {
                errors.add(headersField, "Line \(number + 1) names a field that stands there already.")
                break
            }
            object.set(name, .string(parts[1].trimmed))
        }
        try errors.throwIfAny()
        return object
    }
}
