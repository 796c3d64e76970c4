import DequeModule
import Glibc
import Synchronization

/// Looks up host names on threads of its own, because getaddrinfo(3) blocks. A thread ends when there is nothing to look up.
public final class AddressResolver: Sendable {
    public struct Failure: Error, Sendable {
        public let reason: String

        public init(reason: String) { self.reason = reason }
    }

    private struct State {
        var threads = 0
        var waiting = Deque<Lookup>()
    }

    private let mostThreads: Int
    private let state = Mutex(State())

    /// - Parameter threads: look-ups at the same time; one for each sender, so that a dead name server that holds up
    ///   some of them doesn't hold up the others.
    public init(threads: Int) { mostThreads = threads }

    /// Every address of a name, in the order in which to try them (RFC 6724).
    ///
    /// - Throws: ``Failure``; `CancellationError` at once when the task is cancelled, though the look-up goes on.
    public func addresses(of host: String) async throws -> [String] {
        // An address needs no look-up and so no thread.
        if let addresses = try? Self.lookUp(host, flags: AI_NUMERICHOST) { return addresses }
        let lookup = Lookup(host: host)
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if lookup.wait(continuation) { enqueue(lookup) }
            }
        } onCancel: {
            lookup.answer(.failure(CancellationError()))
        }
        return try answer.get()
    }

    private func enqueue(_ lookup: Lookup) {
        let needsThread = state.withLock { state in
            state.waiting.append(lookup)
            guard state.threads < mostThreads else { return false }
            state.threads += 1
            return true
        }
        guard needsThread else { return }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, resolverThread, argument.toOpaque()) == 0 else {
            argument.release()
            state.withLock { $0.threads -= 1 }
            return lookup.answer(.failure(Failure(reason: "no thread to look it up")))
        }
        pthread_detach(thread)
    }

    fileprivate func work() {
        while let lookup = next() {
            guard lookup.isWanted else { continue }
            lookup.answer(Result { try Self.lookUp(lookup.host, flags: 0) })
        }
    }

    private func next() -> Lookup? {
        state.withLock { state in
            guard let lookup = state.waiting.popFirst() else {
                state.threads -= 1
                return nil
            }
            return lookup
        }
    }

    private static func lookUp(_ host: String, flags: Int32) throws -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw Failure(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let info = entry?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                let address = String(decoding: bytes, as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            entry = info.ai_next
        }
        return addresses
    }
}

/// One question, answered once.
private final class Lookup: Sendable {
    typealias Answer = Result<[String], any Error>

    private struct State {
        var waiting: CheckedContinuation<Answer, Never>?
        var answer: Answer?
    }

    let host: String
    private let state = Mutex(State())

    init(host: String) { self.host = host }

    var isWanted: Bool { state.withLock { $0.answer == nil } }

    /// - Returns: false when the answer was there already, which the continuation has got.
    func wait(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let answer = state.withLock { state in
            if state.answer == nil { state.waiting = continuation }
            return state.answer
        }
        if let answer { continuation.resume(returning: answer) }
        return answer == nil
    }

    /// Only the first answer counts.
    func answer(_ answer: Answer) {
        let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard state.answer == nil else { return nil }
            state.answer = answer
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: answer)
    }
}

private func resolverThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<AddressResolver>.fromOpaque(argument).takeRetainedValue().work()
    return nil
}
