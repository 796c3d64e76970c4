import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Makes one attempt to send a delivery (behaviour.md §10.5, §10.6).
struct WebhookSender: Sendable {
    static let userAgent = "TimeTracker-Webhook/1.0"
    /// Characters of a response body that are kept.
    static let maxBodyCharacters = 10_000
    /// Addresses of a name that are tried.
    private static let maxAddresses = 3

    let group: any EventLoopGroup
    let resolver: AddressResolver
    let reachesPrivateNetworks: Bool

    /// Never throws: whatever goes wrong is the outcome. Takes at most the webhook's timeout.
    func send(_ delivery: ClaimedDelivery) async -> DeliveryOutcome {
        let start = WallClock.monotonic()
        var outcome = await withTaskGroup(of: DeliveryOutcome.self) { group in
            group.addTask { await attempt(delivery) }
            group.addTask {
                try? await Task.sleep(for: .seconds(delivery.timeoutSeconds))
                return .failed(.timeout, "No complete answer within \(delivery.timeoutSeconds) seconds")
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failed(.unknown, "Not attempted")
        }
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
            return try await send(delivery, to: target, at: try await addresses(of: target))
        } catch let failure as DeliveryOutcome.Failure {
            return .failed(failure.type, failure.message)
        } catch let failure as AddressResolver.Failure {
            return .failed(.connection, "Can't look up \(target.host): \(failure.reason)")
        } catch {
            let (type, message) = Self.describe(error)
            return .failed(type, message)
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

    /// Tries one address after the other until one accepts the connection.
    private func send(
        _ delivery: ClaimedDelivery, to target: WebhookTarget, at addresses: [String]
    ) async throws -> DeliveryOutcome {
        let candidates = addresses.prefix(Self.maxAddresses)
        for address in candidates.dropLast() {
            do {
                return try await exchange(delivery, target, address, candidates.count)
            } catch  where Self.isConnectFailure(error) {
                continue
            }
        }
        return try await exchange(delivery, target, candidates.last ?? target.host, candidates.count)
    }

    /// One request on a connection of its own to the address that was checked. Name resolution is pinned, while the Host
    /// field and TLS keep the URL's name.
    private func exchange(
        _ delivery: ClaimedDelivery, _ target: WebhookTarget, _ address: String, _ candidates: Int
    ) async throws -> DeliveryOutcome {
        let seconds = TimeAmount.seconds(delivery.timeoutSeconds)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(seconds.nanoseconds / Int64(candidates))), decompression: .disabled)
        configuration.dnsOverride = [target.host: address]
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        let result: Result<DeliveryOutcome, any Error>
        do {
            let response = try await client.execute(Self.request(delivery, target), deadline: .now() + seconds)
            result = .success(try await Self.outcome(response))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    private static func request(_ delivery: ClaimedDelivery, _ target: WebhookTarget) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: target.url)
        request.method = HTTPMethod(rawValue: delivery.method)
        request.headers.add(name: "Content-Type", value: delivery.contentType)
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "X-Webhook-Event", value: delivery.eventType)
        request.headers.add(name: "X-Webhook-ID", value: String(delivery.webhookID))
        request.headers.add(name: "X-Webhook-Delivery", value: delivery.eventID)
        request.headers.add(name: "X-Webhook-Timestamp", value: String(WallClock.unixSeconds()))
        if let secret = delivery.secret, !secret.isEmpty {
            let signature = WebhookSignature.header(secret: secret, body: delivery.payload)
            request.headers.add(name: "X-Webhook-Signature", value: signature)
        }
        for field in WebhookHeaders.fields(delivery.headers) {
            request.headers.add(name: field.name, value: field.value)
        }
        request.body = .bytes(ByteBuffer(string: delivery.payload))
        return request
    }

    private static func outcome(_ response: HTTPClientResponse) async throws -> DeliveryOutcome {
        var bytes: [UInt8] = []
        for try await chunk in response.body {
            bytes.append(contentsOf: chunk.readableBytesView)
            // A character takes four bytes at most; the rest is not worth waiting for.
            if bytes.count >= 4 * maxBodyCharacters { break }
        }
        let status = Int(response.status.code)
        var outcome = DeliveryOutcome(
            statusCode: status, body: text(bytes), headers: WebhookHeaders.json(response.headers))
        guard !(200..<300).contains(status) else { return outcome }
        outcome.failure = .init(type: .http, message: "The receiver answered \(status)")
        if RetryAfter.statuses.contains(status), let field = response.headers.first(name: "retry-after") {
            outcome.retryAfter = RetryAfter.seconds(RawText(field), now: WallClock.unixSeconds())
        }
        return outcome
    }

    /// The first characters, without NUL, which PostgreSQL's text can't hold.
    static func text(_ bytes: [UInt8]) -> String {
        RawText(decoding: bytes).withoutNUL.prefix(codePoints: maxBodyCharacters).unchecked
    }

    private static func isConnectFailure(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? HTTPClientError { return error == .connectTimeout }
        guard let error = error as? IOError else { return false }
        return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
    }

    /// Never repeats what was sent: it may hold secrets.
    private static func describe(_ error: any Error) -> (DeliveryOutcome.ErrorType, String) {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
                .getConnectionFromPoolTimeout:
                return (.timeout, error.shortDescription)
            case .remoteConnectionClosed, .uncleanShutdown, .cancelled: return (.connection, error.shortDescription)
            default: return (.unknown, error.shortDescription)
            }
        case let error as NIOConnectionError:
            let causes = error.connectionErrors.map { describe($0.error).1 }.joined(separator: "; ")
            return (.connection, "Can't connect: \(causes)")
        case let error as IOError: return (.connection, String(cString: strerror(error.errnoCode)))
        case let error as ChannelError:
            if case .connectTimeout = error { return (.timeout, "The connection was not accepted in time") }
            return (.connection, "\(error)")
        case is CancellationError: return (.unknown, "Cancelled")
        default:
            let text = "\(error)"
            // TLS errors come as dumps of BoringSSL's error stack.
            if text.contains("CERTIFICATE_VERIFY_FAILED") {
                return (.connection, "The receiver's TLS certificate can't be verified")
            }
            return (.connection, text.hasPrefix("handshakeFailed") ? "The TLS handshake failed" : text)
        }
    }
}
