import Synchronization

/// Looks things up, each once at a time: whoever asks for the same meanwhile gets the same answer. Without it, everybody who
/// finds a memory outdated in one moment would ask the database.
final class SharedLookup<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Answer = Result<Value, any Error>
    /// Told nil when the look-up was over before there was a place to wait.
    private typealias Waiter = UnsafeContinuation<Answer?, Never>

    /// By what is being looked up.
    private let waiters = Mutex<[Key: [Waiter]]>([:])

    func value(_ key: Key, _ lookUp: () async throws -> Value) async throws -> Value {
        while true {
            let isFirst = waiters.withLock { waiters in
                guard waiters[key] == nil else { return false }
                waiters[key] = []
                return true
            }
            if isFirst { return try await lead(key, lookUp).get() }
            if let answer = await join(key) { return try answer.get() }
        }
    }

    private func lead(_ key: Key, _ lookUp: () async throws -> Value) async -> Answer {
        let answer: Answer
        do {
            answer = .success(try await lookUp())
        } catch {
            answer = .failure(error)
        }
        let waiting = waiters.withLock { $0.removeValue(forKey: key) } ?? []
        for waiter in waiting { waiter.resume(returning: answer) }
        return answer
    }

    private func join(_ key: Key) async -> Answer? {
        await withUnsafeContinuation { (waiter: Waiter) in
            let waits = waiters.withLock { waiters in
                guard waiters[key] != nil else { return false }
                waiters[key]?.append(waiter)
                return true
            }
            if !waits { waiter.resume(returning: nil) }
        }
    }
}
