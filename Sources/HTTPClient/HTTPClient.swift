import CCurl
import Reactor

/// Sends HTTP requests to given addresses with libcurl, on a reactor.
///
/// It does what it is told and no more: no redirects, no proxies, no cookies, no credentials from files or URLs, no second
/// attempts once something has been sent; only http and https, and TLS certificates are always verified.
public final class HTTPClient: Sendable {
    private let reactor: Reactor
    private let transfers: Transfers

    /// - Parameters:
    ///   - reactor: must be running while requests are being sent, and until `shutdown()` has returned.
    ///   - authorities: PEM file of the certificate authorities to trust; nil = the system's.
    public init(reactor: Reactor, authorities: String? = nil) {
        self.reactor = reactor
        transfers = Transfers(reactor: reactor, authorities: authorities)
    }

    /// Waits for the whole response, or as much of it as the request allows.
    ///
    /// - Throws: ``Failure``. A cancelled task's request ends at once.
    public func send(_ request: Request) async throws(Failure) -> Response {
        let deadline = Reactor.now &+ nanoseconds(request.timeout)
        let share = nanoseconds(request.connectTimeout) / UInt64(max(1, request.addresses.count))
        var failure = Failure(kind: .connect, reason: "There is no address to connect to")
        for address in request.addresses {
            let now = Reactor.now
            guard now < deadline else { break }
            do throws(Failure) {
                return try await send(request, to: address, connecting: share, within: deadline - now)
            } catch {
                failure = error
                guard error.isBeforeSending else { break }
            }
        }
        throw failure
    }

    /// Ends all requests; later ones fail.
    public func shutdown() async {
        await withCheckedContinuation { continuation in
            reactor.execute { [transfers] in
                transfers.close()
                continuation.resume()
            }
        }
    }

    private func send(
        _ request: Request, to address: String, connecting: UInt64, within limit: UInt64
    ) async throws(Failure) -> Response {
        let transfer = Transfer(request, address: address, connecting: connecting, within: limit)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                reactor.execute { [transfers] in transfers.start(transfer) { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            reactor.execute { [transfers] in transfers.cancel(transfer) }
        }
        return try result.get()
    }

    private func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, min(seconds, 1 << 32))) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
    }
}
