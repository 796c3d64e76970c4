import CoreMetrics

/// What becomes of webhooks.
final class WebhookMetrics: Sendable {
    private let delivered: CoreMetrics.Timer
    private let failed: CoreMetrics.Timer
    private let lag: Meter
    private let pending: Meter

    init(_ factory: any MetricsFactory) {
        func attempts(_ outcome: String) -> CoreMetrics.Timer {
            CoreMetrics.Timer(
                label: "timetracker_webhook_attempt_seconds", dimensions: [("outcome", outcome)], factory: factory)
        }
        delivered = attempts("delivered")
        failed = attempts("failed")
        lag = Meter(label: "timetracker_webhook_lag_seconds", dimensions: [], factory: factory)
        pending = Meter(label: "timetracker_webhook_pending", dimensions: [], factory: factory)
    }

    func attempted(milliseconds: Int64, isDelivered: Bool) {
        (isDelivered ? delivered : failed).recordNanoseconds(milliseconds * 1_000_000)
    }

    /// - Parameters:
    ///   - pending: deliveries that wait.
    ///   - lag: seconds for which the oldest of those that are due has been so.
    func queue(pending: Int, lag: Double) {
        self.pending.set(pending)
        self.lag.set(lag)
    }
}
