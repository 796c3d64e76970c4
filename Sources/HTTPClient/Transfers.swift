import CCurl
import Reactor

/// All requests under way: libcurl's multi handle with its sockets and its timer on the reactor.
///
/// `@unchecked Sendable`: only the reactor's thread uses it.
final class Transfers: @unchecked Sendable {
    private static let isInitialised: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let reactor: Reactor
    private let authorities: String?
    private var multi: UnsafeMutableRawPointer?
    private var watches: [Int32: Watch] = [:]
    private var timer: ReactorTimer?
    /// Keeps them alive while libcurl points to them.
    private var running: [ObjectIdentifier: Transfer] = [:]
    private var isClosed = false

    /// - Parameter authorities: PEM file; nil = the system's.
    init(reactor: Reactor, authorities: String?) {
        self.reactor = reactor
        self.authorities = authorities
    }

    deinit { free() }

    /// Calls `completion` once, on the reactor's thread.
    func start(_ transfer: Transfer, _ completion: @escaping (Transfer.Outcome) -> Void) {
        transfer.completion = completion
        guard !isClosed, !transfer.isCancelled else { return transfer.finish(.failure(.cancelled)) }
        guard let multi = opened(), let easy = transfer.open(authorities: authorities),
            curl_multi_add_handle(multi, easy) == CURLM_OK
        else {
            return transfer.finish(.failure(.init(kind: .request, reason: "The request can't be sent")))
        }
        running[ObjectIdentifier(transfer)] = transfer
    }

    /// Ends it, or keeps it from starting.
    func cancel(_ transfer: Transfer) {
        transfer.isCancelled = true
        guard running[ObjectIdentifier(transfer)] != nil else { return }
        end(transfer, .failure(.cancelled))
    }

    /// Ends all; nothing starts any more.
    func close() {
        isClosed = true
        for transfer in running.values { end(transfer, .failure(.cancelled)) }
        free()
    }

    private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        running[ObjectIdentifier(transfer)] = nil
        if let multi, let easy = transfer.easy { curl_multi_remove_handle(multi, easy) }
        transfer.finish(outcome)
    }

    private func free() {
        timer?.cancel()
        timer = nil
        for watch in watches.values { watch.cancel() }
        watches = [:]
        if let multi {
            ccurl_set_callbacks(multi, nil, nil, nil)
            curl_multi_cleanup(multi)
        }
        multi = nil
    }

    // MARK: libcurl's events

    private func opened() -> UnsafeMutableRawPointer? {
        guard multi == nil, Self.isInitialised else { return multi }
        multi = curl_multi_init()
        if let multi {
            ccurl_set_callbacks(multi, socketChanged, timerChanged, Unmanaged.passUnretained(self).toOpaque())
        }
        return multi
    }

    private func act(_ socket: curl_socket_t, _ events: Int32) {
        guard let multi else { return }
        var count: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &count)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let context = ccurl_private(easy)
            else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            end(transfer, transfer.outcome(message.pointee.data.result))
        }
    }

    fileprivate func watch(_ socket: curl_socket_t, _ what: Int32) {
        let interest: Interest =
            switch what {
            case CURL_POLL_IN: .read
            case CURL_POLL_OUT: .write
            case CURL_POLL_INOUT: [.read, .write]
            default: []
            }
        // A descriptor that waits for nothing would report a hang-up for ever.
        guard !interest.isEmpty else {
            watches.removeValue(forKey: socket)?.cancel()
            return
        }
        if let watch = watches[socket] { return watch.update(interest) }
        watches[socket] = reactor.watch(socket, interest: interest) { [weak self] readiness in
            var events: Int32 = 0
            if !readiness.isDisjoint(with: [.readable, .hangup]) { events |= CURL_CSELECT_IN }
            if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
            if readiness.contains(.error) { events |= CURL_CSELECT_ERR }
            self?.act(socket, events)
        }
    }

    /// - Parameter milliseconds: negative = no timer.
    fileprivate func arm(_ milliseconds: Int) {
        timer?.cancel()
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = reactor.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            self?.act(CURL_SOCKET_BAD, 0)
        }
    }
}

extension HTTPClient.Failure {
    static let cancelled = Self(kind: .cancelled, reason: "Cancelled")
}

private func socketChanged(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
    _ ofSocket: UnsafeMutableRawPointer?
) -> Int32 {
    if let context { Unmanaged<Transfers>.fromOpaque(context).takeUnretainedValue().watch(socket, what) }
    return 0
}

private func timerChanged(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    if let context { Unmanaged<Transfers>.fromOpaque(context).takeUnretainedValue().arm(milliseconds) }
    return 0
}
