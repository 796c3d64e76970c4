/// When to start a worker again after it died. Pure: time and jitter come from the caller.
///
/// The first death after long service is answered at once; then `min(30 s, 0.1 · 2^k)` with ±20 % jitter, so that a
/// worker that can't live doesn't eat the machine while its siblings serve.
public struct RestartPolicy: Sendable {
    static let shortest = 0.1
    static let longest = 30.0
    /// Seconds of service that forgive earlier deaths.
    static let longService = 60.0

    private(set) var deaths = 0

    public init() {}

    /// Seconds to wait before the next start.
    /// - Parameters:
    ///   - served: seconds since the worker was ready; nil when it never was.
    ///   - random: 0 ..< 1.
    public mutating func delay(served: Double?, random: Double) -> Double {
        if let served, served >= Self.longService {
            deaths = 0
            return 0
        }
        let delay = min(Self.longest, Self.shortest * Double(1 << min(deaths, 20)))
        deaths += 1
        return delay * (0.8 + 0.4 * random)
    }
}

/// Whether the whole service is hopeless: workers die before they are ready and none serves.
public struct CrashLoopDetector: Sendable {
    static let limit = 5
    static let window = 60.0

    private var deaths: [Double] = []

    public init() {}

    /// - Parameters:
    ///   - now: seconds of any clock that doesn't step.
    ///   - isAnyServing: whether another worker is ready.
    /// - Returns: true when the supervisor should give up.
    public mutating func diedBeforeReady(now: Double, isAnyServing: Bool) -> Bool {
        deaths.append(now)
        deaths.removeAll { now - $0 > Self.window }
        return deaths.count >= Self.limit && !isAnyServing
    }

    public mutating func becameReady() {
        deaths.removeAll()
    }
}
