extension HTTPClient {
    /// One HTTP/1.1 request, on a connection of its own.
    public struct Request: Sendable {
        public var method = "GET"
        /// Absolute, http or https, without a user.
        public var url: String
        /// IP addresses to connect to, tried in this order. Names are never looked up here: the caller has done so, and has
        /// decided which addresses may be reached. The Host field and TLS keep the URL's name.
        public var addresses: [String]
        /// Fields besides Host and Content-Length.
        public var headers: [(name: String, value: String)] = []
        /// Nil = none.
        public var body: [UInt8]?
        /// From the start of a connection until TLS stands. It is shared out among the addresses.
        public var connectTimeout: Duration
        /// For all of it.
        public var timeout: Duration
        /// Bytes of the response's head; a longer one is a failure.
        public var maxHeaderBytes = 64 * 1024
        /// Bytes of the response's body; what comes after them is not read.
        public var maxBodyBytes: Int

        public init(url: String, addresses: [String], timeout: Duration, maxBodyBytes: Int) {
            self.url = url
            self.addresses = addresses
            self.timeout = timeout
            self.connectTimeout = timeout
            self.maxBodyBytes = maxBodyBytes
        }

        /// Whether nothing in it would end a line of the head or one of libcurl's texts early.
        ///
        /// The URL's scheme stands, because libcurl would guess it.
        var isWellFormed: Bool {
            let scheme = url.prefix { $0 != ":" }.lowercased()
            guard scheme == "http" || scheme == "https" else { return false }
            let names = [method] + headers.map(\.name)
            let texts = [url] + headers.map(\.value)
            return names.allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A && $0 != 0x3B }
            }
                && texts.allSatisfy { $0.utf8.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D } }
        }
    }

    /// What came back; redirects and errors are responses like others.
    public struct Response: Sendable {
        public internal(set) var status: Int
        /// As they came, without white space around the values.
        public internal(set) var headers: [(name: [UInt8], value: [UInt8])]
        public internal(set) var body: [UInt8]
        /// Whether there was more of the body than was read.
        public internal(set) var isCut: Bool
    }

    /// Why there is no response. Never holds anything of the request.
    public struct Failure: Error, Sendable, Equatable {
        public enum Kind: Sendable {
            /// Not a request that can be sent: its URL can't be read, or a field holds a line break.
            case request
            /// No address accepted the connection.
            case connect
            /// No address accepted it in time.
            case connectTimeout
            /// Connected, but there was no whole response in time.
            case timeout
            /// The certificate is not trusted, or is another host's.
            case certificate
            /// TLS could not be agreed on.
            case tls
            /// The connection broke or was closed before the response was whole.
            case closed
            /// What came is not HTTP, or its head is too long.
            case response
            /// By the caller, or because the client has been shut down.
            case cancelled
        }

        public let kind: Kind
        /// In words, without a full stop.
        public let reason: String

        /// Whether nothing has been sent, so that another address may be tried.
        var isBeforeSending: Bool { kind == .connect || kind == .connectTimeout }
    }
}
