import HTTPClient

/// Makes one attempt to send a delivery (behaviour.md §10.5, §10.6).
struct WebhookSender: Sendable {
    static let userAgent = "TimeTracker-Webhook/1.0"
    /// Characters of a response body that are kept.
    static let maxBodyCharacters = 10_000
    /// Addresses of a name that are tried.
    private static let maxAddresses = 3

    let http: HTTPClient
    let resolver: AddressResolver
    let reachesPrivateNetworks: Bool

    /// Never throws: whatever goes wrong is the outcome. Takes at most the webhook's timeout.
    func send(_ delivery: ClaimedDelivery) async -> DeliveryOutcome {
        let start = WallClock.monotonic()
        var outcome =
            await within(.seconds(delivery.timeoutSeconds)) { await attempt(delivery) }
            ?? .failed(.timeout, "No complete answer within \(delivery.timeoutSeconds) seconds")
        outcome.milliseconds = Int64((WallClock.monotonic() - start) / 1_000_000)
        return outcome
    }

    private func attempt(_ delivery: ClaimedDelivery) async -> DeliveryOutcome {
        let target: WebhookTarget
        do throws(WebhookTarget.Refusal) {
            target = try WebhookTarget(delivery.url, reachesPrivateNetworks: reachesPrivateNetworks)
        } catch {
            return .failed(error == .localHost ? .blocked : .unknown, error.message)
        }
        do {
            let addresses = try await addresses(of: target)
            return Self.outcome(try await http.send(Self.request(delivery, target, addresses)))
        } catch let failure as DeliveryOutcome.Failure {
            return .failed(failure.type, failure.message)
        } catch let failure as AddressResolver.Failure {
            return .failed(.connection, "Can't look up \(target.host): \(failure.reason)")
        } catch let failure as HTTPClient.Failure {
            return .failed(Self.type(failure.kind), failure.reason)
        } catch {
            return .failed(.unknown, "Cancelled")
        }
    }

    /// The addresses to connect to; all of them have to be allowed, so that a name can't hide one among others.
    private func addresses(of target: WebhookTarget) async throws -> [String] {
        let addresses = try await resolver.addresses(of: target.host)
        guard !addresses.isEmpty else { throw AddressResolver.Failure(reason: "it has no address") }
        guard !reachesPrivateNetworks else { return addresses }
        for text in addresses where IPAddress(text).map(AddressGuard.isPublic) != true {
            throw DeliveryOutcome.Failure(type: .blocked, message: "\(target.host) has an address that is not public")
        }
        return addresses
    }

    /// The Host field and TLS keep the URL's name, while the connection goes to an address that was checked.
    private static func request(
        _ delivery: ClaimedDelivery, _ target: WebhookTarget, _ addresses: [String]
    ) -> HTTPClient.Request {
        // A character takes four bytes at most; the rest is not worth waiting for.
        var request = HTTPClient.Request(
            url: target.url, addresses: Array(addresses.prefix(maxAddresses)),
            timeout: .seconds(delivery.timeoutSeconds), maxBodyBytes: 4 * maxBodyCharacters)
        request.method = delivery.method
        request.headers = [
            ("Content-Type", delivery.contentType), ("User-Agent", userAgent), ("X-Webhook-Event", delivery.eventType),
            ("X-Webhook-ID", String(delivery.webhookID)), ("X-Webhook-Delivery", delivery.eventID),
            ("X-Webhook-Timestamp", String(WallClock.unixSeconds())),
        ]
        if let secret = delivery.secret, !secret.isEmpty {
            let signature = WebhookSignature.header(secret: secret, body: delivery.payload)
            request.headers.append(("X-Webhook-Signature", signature))
        }
        request.headers += WebhookHeaders.fields(delivery.headers.text)
        request.body = Array(delivery.payload.utf8)
        return request
    }

    private static func outcome(_ response: HTTPClient.Response) -> DeliveryOutcome {
        let status = response.status
        var outcome = DeliveryOutcome(
            statusCode: status, body: text(response.body), headers: WebhookHeaders.json(response.headers))
        guard !(200..<300).contains(status) else { return outcome }
        outcome.failure = .init(type: .http, message: "The receiver answered \(status)")
        let field = response.headers.first { RawText(decoding: $0.name).asciiLowercased == "retry-after" }
        if RetryAfter.statuses.contains(status), let field {
            outcome.retryAfter = RetryAfter.seconds(RawText(decoding: field.value), now: WallClock.unixSeconds())
        }
        return outcome
    }

    /// The first characters, without NUL, which PostgreSQL's text can't hold.
    static func text(_ bytes: [UInt8]) -> String {
        RawText(decoding: bytes).withoutNUL.prefix(codePoints: maxBodyCharacters).unchecked
    }

    private static func type(_ kind: HTTPClient.Failure.Kind) -> DeliveryOutcome.ErrorType {
        switch kind {
        case .connectTimeout, .timeout: .timeout
        case .connect, .certificate, .tls, .closed, .response: .connection
        case .request, .cancelled: .unknown
        }
    }
}
