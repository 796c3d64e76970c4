import CCurl
import Glibc

/// One request to one address: a libcurl easy handle and what it has received.
///
/// `@unchecked Sendable`: after it has been made only the reactor's thread uses it.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<HTTPClient.Response, HTTPClient.Failure>

    private let request: HTTPClient.Request
    private let address: String
    private let connecting: UInt64
    private let limit: UInt64
    private var head: ResponseHead
    private var body: [UInt8] = []
    private var isCut = false
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// Nil when it is not under way.
    private(set) var easy: UnsafeMutableRawPointer?
    var completion: ((Outcome) -> Void)?
    var isCancelled = false

    /// - Parameters:
    ///   - address: an IP address.
    ///   - connecting: nanoseconds until the connection stands.
    ///   - limit: nanoseconds for all of it.
    init(_ request: HTTPClient.Request, address: String, connecting: UInt64, within limit: UInt64) {
        self.request = request
        self.address = address
        self.connecting = connecting
        self.limit = limit
        head = ResponseHead(maxBytes: request.maxHeaderBytes)
    }

    deinit { free() }

    /// Makes the easy handle.
    /// - Parameter authorities: PEM file; nil = the system's.
    /// - Returns: nil when libcurl refuses something.
    func open(authorities: String?) -> UnsafeMutableRawPointer? {
        guard request.isWellFormed, let easy = curl_easy_init() else { return nil }
        self.easy = easy
        var options = Options(easy)
        options.set(CURLOPT_URL, request.url)
        options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        options.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_NETRC, 0)
        // Also against what the environment says of proxies.
        options.set(CURLOPT_PROXY, "")
        options.set(CURLOPT_NOPROXY, "*")
        // Whatever host and port libcurl reads in the URL: this is where it connects.
        options.set(CURLOPT_CONNECT_TO, list(["::\(address.contains(":") ? "[\(address)]" : address):"]))
        options.set(CURLOPT_FRESH_CONNECT, 1)
        options.set(CURLOPT_FORBID_REUSE, 1)
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorities { options.set(CURLOPT_CAINFO, authorities) }
        // Its signals would be everybody's.
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(min(connecting, limit)))
        options.set(CURLOPT_TIMEOUT_MS, milliseconds(limit))
        options.set(CURLOPT_HTTPHEADER, list(headerLines))
        if let body = request.body { options.check(ccurl_set_body(easy, body, body.count)) }
        options.set(CURLOPT_CUSTOMREQUEST, request.method)
        let context = Unmanaged.passUnretained(self).toOpaque()
        options.check(ccurl_set_pointer(easy, CURLOPT_PRIVATE, context))
        options.check(ccurl_set_sinks(easy, takeHeader, takeBody, context))
        return options.isRefused ? nil : easy
    }

    /// The fields, with those taken away that libcurl would add of its own accord.
    private var headerLines: [String] {
        var lines = request.headers.map { name, value in
            // A field without a value is one to be left out, unless a semicolon says otherwise.
            value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? "\(name);" : "\(name): \(value)"
        }
        let own = request.headers.map { $0.name.lowercased() }
        for name in ["accept", "expect", "content-type"] where !own.contains(name) { lines.append("\(name):") }
        return lines
    }

    private func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl_slist_append(list, line) ?? list }
        if let list { lists.append(list) }
        return list
    }

    /// Not 0, which means for ever.
    private func milliseconds(_ nanoseconds: UInt64) -> Int { max(1, Int(nanoseconds / 1_000_000)) }

    /// Ends it: the handle is gone and the completion has been called. It must have left the multi handle.
    func finish(_ outcome: Outcome) {
        free()
        let completion = completion
        self.completion = nil
        completion?(outcome)
    }

    private func free() {
        if let easy { curl_easy_cleanup(easy) }
        easy = nil
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }
}

// MARK: - What comes

extension Transfer {
    fileprivate func take(header line: UnsafeRawBufferPointer) -> Bool { head.take(line) }

    fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        let room = request.maxBodyBytes - body.count
        body.append(contentsOf: bytes.prefix(room))
        isCut = bytes.count > room
        return !isCut
    }

    /// What a result of libcurl's means.
    func outcome(_ code: CURLcode) -> Outcome {
        guard let easy else { return .failure(.init(kind: .cancelled, reason: "Cancelled")) }
        guard code == CURLE_OK || isCut else { return .failure(failure(code, easy)) }
        return .success(
            .init(
                status: Int(ccurl_number(easy, CURLINFO_RESPONSE_CODE)), headers: head.fields, body: body, isCut: isCut)
        )
    }

    private func failure(_ code: CURLcode, _ easy: UnsafeMutableRawPointer) -> HTTPClient.Failure {
        if head.isTooLong { return .init(kind: .response, reason: "The head of the answer is too long") }
        switch code {
        case CURLE_COULDNT_CONNECT: return .init(kind: .connect, reason: "Can't connect: \(systemError(easy))")
        case CURLE_OPERATION_TIMEDOUT:
            return isConnected(easy)
                ? .init(kind: .timeout, reason: "There was no complete answer in time")
                : .init(kind: .connectTimeout, reason: "The connection was not accepted in time")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE:
            return .init(kind: .certificate, reason: "The receiver's TLS certificate can't be verified")
        case CURLE_SSL_CONNECT_ERROR: return .init(kind: .tls, reason: "The TLS handshake failed")
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE:
            return .init(kind: .closed, reason: "The connection was closed before there was a complete answer")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING:
            // Of the URL, or of an answer without a head (HTTP/0.9).
            return isConnected(easy)
                ? .init(kind: .response, reason: "The answer is not HTTP")
                : .init(kind: .request, reason: "The URL can't be used")
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: return .init(kind: .request, reason: "The URL can't be used")
        default: return .init(kind: .closed, reason: String(cString: curl_easy_strerror(code)))
        }
    }

    /// Whether the request may have been sent.
    private func isConnected(_ easy: UnsafeMutableRawPointer) -> Bool {
        ccurl_offset(easy, CURLINFO_PRETRANSFER_TIME_T) > 0
    }

    private func systemError(_ easy: UnsafeMutableRawPointer) -> String {
        let code = Int32(truncatingIfNeeded: ccurl_number(easy, CURLINFO_OS_ERRNO))
        return code == 0 ? "the address can't be reached" : String(cString: strerror(code))
    }
}

/// Sets options and remembers whether one was refused.
private struct Options {
    private let easy: UnsafeMutableRawPointer
    private(set) var isRefused = false

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    mutating func check(_ code: CURLcode) { if code != CURLE_OK { isRefused = true } }

    mutating func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_number(easy, option, value)) }

    mutating func set(_ option: CURLoption, _ value: String) { check(ccurl_set_text(easy, option, value)) }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        check(ccurl_set_list(easy, option, value))
    }
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    take(bytes, size * count, context) { $0.take(header: $1) }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    take(bytes, size * count, context) { $0.take(body: $1) }
}

private func take(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ body: (Transfer, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context else { return -1 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    // Any other number than the count ends the transfer.
    return body(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
}
