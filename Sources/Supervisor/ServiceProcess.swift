/// A program that the supervisor keeps alive: embedded PostgreSQL and Redis, which the workers need, or a companion of
/// the workers, which nobody waits for.
public struct ServiceProcess: Sendable {
    public static let boardDescriptor: Int32 = 4

    public let name: String
    public let arguments: [String]
    public let environment: [String: String]
    /// What it has to know but must not have in its environment.
    public let secrets: Secrets?
    /// File that takes its output; nil = ours.
    public let logPath: String?
    /// Whether it gets the status board, as ``boardDescriptor``.
    public let countsOnBoard: Bool
    /// Signal for an orderly stop.
    public let stopSignal: Int32
    /// Seconds it may take to stop before it is killed.
    public let stopTimeout: Double
    /// Whether it answers; asked every 50 ms after the start.
    public let isReady: @Sendable () -> Bool
    /// Run once after the first start.
    public let prepare: @Sendable () throws -> Void

    public init(
        name: String, arguments: [String], environment: [String: String], secrets: Secrets? = nil,
        logPath: String? = nil, countsOnBoard: Bool = false,
        stopSignal: Int32,
        stopTimeout: Double = 60,
        isReady: @escaping @Sendable () -> Bool, prepare: @escaping @Sendable () throws -> Void = {}
    ) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.secrets = secrets
        self.logPath = logPath
        self.countsOnBoard = countsOnBoard
        self.stopSignal = stopSignal
        self.stopTimeout = stopTimeout
        self.isReady = isReady
        self.prepare = prepare
    }
}
