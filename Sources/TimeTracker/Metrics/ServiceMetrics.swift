import CoreMetrics
import Observability
import Postgres
import Redis

/// What a worker, or the process that sends webhooks, counts beside its requests.
final class ServiceMetrics: Sendable {
    /// Who decided about a request's place in its token's limits.
    enum LimitSource: Int, CaseIterable, Sendable {
        /// Redis, exactly and for all hosts.
        case redis = 0
        /// The worker remembered Redis' refusal.
        case memory
        /// This host's shared memory, while Redis is away.
        case host
    }

    enum ReplaySource: Int, CaseIterable, Sendable {
        case redis = 0
        case postgres
    }

    let factory: any MetricsFactory
    // By the raw values of the sources.
    private let allowed: [Counter]
    private let refused: [Counter]
    private let replays: [Counter]
    private let refusedForLoad: Counter
    private let queryTime: CoreMetrics.Timer
    private let poolWait: CoreMetrics.Timer
    private let redisTime: CoreMetrics.Timer
    private let postgresErrors: [(code: PostgresError.Code, counter: Counter)]
    private let redisErrors: [String: Counter]
    private let gauges: [Gauge: Meter]

    /// What is looked at once a second.
    enum Gauge: Hashable, CaseIterable, Sendable {
        case inFlight, waiting, postgresUp, redisUp, poolWaiting, leased, idle, shared

        fileprivate var name: (label: String, dimensions: [(String, String)]) {
            switch self {
            case .inFlight: ("timetracker_http_requests_in_flight", [])
            case .waiting: ("timetracker_http_requests_waiting", [])
            case .postgresUp: ("timetracker_postgres_up", [])
            case .redisUp: ("timetracker_redis_up", [])
            case .poolWaiting: ("timetracker_postgres_pool_waiting", [])
            case .leased: ("timetracker_postgres_connections", [("use", "leased")])
            case .idle: ("timetracker_postgres_connections", [("use", "idle")])
            case .shared: ("timetracker_postgres_connections", [("use", "shared")])
            }
        }
    }

    /// - Parameter place: of this process on the board; without a board nothing is counted.
    convenience init(board: StatusBoard?, place: (StatusBoard) -> Int) {
        self.init(board.map { SharedMetrics(board: $0, place: place($0)) } ?? NOOPMetricsHandler.instance)
    }

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        func counter(_ label: String, _ dimensions: (String, String)...) -> Counter {
            Counter(label: label, dimensions: dimensions, factory: factory)
        }
        func limits(_ outcome: String) -> [Counter] {
            LimitSource.allCases.map { source in
                counter("timetracker_rate_limit_decisions_total", ("source", "\(source)"), ("outcome", outcome))
            }
        }
        allowed = limits("allowed")
        refused = limits("refused")
        replays = ReplaySource.allCases.map { counter("timetracker_idempotent_replays_total", ("source", "\($0)")) }
        refusedForLoad = counter("timetracker_http_overload_refusals_total")
        queryTime = CoreMetrics.Timer(label: "timetracker_postgres_query_seconds", dimensions: [], factory: factory)
        poolWait = CoreMetrics.Timer(label: "timetracker_postgres_pool_wait_seconds", dimensions: [], factory: factory)
        redisTime = CoreMetrics.Timer(label: "timetracker_redis_command_seconds", dimensions: [], factory: factory)
        postgresErrors = Self.counted.map { code, name in
            (code, counter("timetracker_postgres_errors_total", ("kind", name)))
        }
        redisErrors = Dictionary(
            uniqueKeysWithValues: ["unavailable", "timeout", "connection_lost", "server"].map {
                ($0, counter("timetracker_redis_errors_total", ("kind", $0)))
            })
        gauges = Dictionary(
            uniqueKeysWithValues: Gauge.allCases.map { gauge in
                let name = gauge.name
                return (gauge, Meter(label: name.label, dimensions: name.dimensions, factory: factory))
            })
    }

    /// What counts as an error of PostgreSQL. Violated constraints and unfitting values are the clients' mistakes.
    private static let counted: [(PostgresError.Code, String)] = [
        (.unavailable, "unavailable"), (.connectionLost, "connection_lost"), (.poolTimeout, "pool_timeout"),
        (.timeout, "timeout"), (.lockTimeout, "lock_timeout"), (.serialization, "serialization"), (.other, "other"),
    ]

    func limited(_ source: LimitSource, isAllowed: Bool) {
        (isAllowed ? allowed : refused)[source.rawValue].increment()
    }

    func replayed(from source: ReplaySource) { replays[source.rawValue].increment() }

    /// More requests than a worker can do.
    func turnedAway() { refusedForLoad.increment() }

    func set(_ gauge: Gauge, _ value: Int) { gauges[gauge]?.set(value) }

    private func count(_ error: PostgresError) {
        postgresErrors.first { $0.code == error.code }?.counter.increment()
    }

    var postgresObserver: PostgresObserver {
        PostgresObserver(
            answered: { [self] nanoseconds, error in
                queryTime.recordNanoseconds(Int64(clamping: nanoseconds))
                RequestTrace.current?.waitedForPostgres(nanoseconds)
                if let error { count(error) }
            },
            waited: { [self] nanoseconds, error in
                poolWait.recordNanoseconds(Int64(clamping: nanoseconds))
                RequestTrace.current?.waitedForPool(nanoseconds)
                if let error { count(error) }
            })
    }

    var redisObserver: @Sendable (UInt64, RedisError?) -> Void {
        { [self] nanoseconds, error in
            redisTime.recordNanoseconds(Int64(clamping: nanoseconds))
            RequestTrace.current?.waitedForRedis(nanoseconds)
            switch error {
            case nil: break
            case .unavailable: redisErrors["unavailable"]?.increment()
            case .timeout: redisErrors["timeout"]?.increment()
            case .connectionLost: redisErrors["connection_lost"]?.increment()
            // An unknown script is sent again; that is no error.
            case .server(let text): if !text.hasPrefix("NOSCRIPT") { redisErrors["server"]?.increment() }
            }
        }
    }
}
