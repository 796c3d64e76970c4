import CoreMetrics

/// How long requests took, by route, method and class of status. A series is made when its first request ends.
///
/// Confined to the reactor's thread, which is why `@unchecked Sendable` holds.
final class RouteMetrics: @unchecked Sendable {
    /// What the requests of a route are counted as.
    struct Labels: Sendable {
        let route: String
        let method: String

        /// Requests that no route takes.
        static let none = Labels(route: "none", method: "any")
    }

    private static let classes = 6

    private let factory: any MetricsFactory
    private let labels: [Labels]
    private var timers: [CoreMetrics.Timer?]

    /// - Parameter labels: of each route, by its index.
    init(factory: any MetricsFactory, labels: [Labels]) {
        self.factory = factory
        self.labels = labels + [.none]
        timers = Array(repeating: nil, count: self.labels.count * Self.classes)
    }

    /// - Parameter route: its index; nil when none took the request.
    func finished(route: Int?, status: Int, nanoseconds: UInt64) {
        let index = min(route ?? labels.count - 1, labels.count - 1)
        let place = index * Self.classes + min(max(status / 100, 0), Self.classes - 1)
        guard let timer = timers[place] else {
            let timer = makeTimer(labels[index], status)
            timers[place] = timer
            return timer.recordNanoseconds(Int64(clamping: nanoseconds))
        }
        timer.recordNanoseconds(Int64(clamping: nanoseconds))
    }

    private func makeTimer(_ labels: Labels, _ status: Int) -> CoreMetrics.Timer {
        CoreMetrics.Timer(
            label: "timetracker_http_request_duration_seconds",
            dimensions: [("route", labels.route), ("method", labels.method), ("class", "\(status / 100)xx")],
            factory: factory)
    }
}
