import Postgres

/// Tells the settings store of every change at once (migration 0013 notifies). While the session is away the store looks
/// once a second, as it always does. Others hear of what concerns them in the same session.
final class SettingsWatch: Sendable {
    /// Somebody else who listens.
    struct Listening: Sendable {
        let channel: String
        /// The session has begun: what was told before is lost.
        let onBeginning: @Sendable () -> Void
        let onNotices: @Sendable (_ payloads: [String]) -> Void
        let onLoss: @Sendable () -> Void
    }

    private static let channel = "settings"
    private let listener: NotificationListener

    /// - Parameter onLoss: called when the session is lost, with the time until the next attempt.
    init(
        _ settings: SettingsStore, configuration: PostgresConfiguration, others: [Listening] = [],
        onLoss: @escaping @Sendable (PostgresError, Duration) -> Void
    ) {
        let channels = others.map(\.channel) + [Self.channel]
        listener = NotificationListener(configuration: configuration, channels: channels) { event in
            switch event {
            case .connected:
                // What happened before the session began was not told.
                settings.changed()
                for other in others { other.onBeginning() }
            case .notified(let notifications):
                if notifications.contains(where: { $0.channel == Self.channel }) { settings.changed() }
                for other in others {
                    let payloads = notifications.filter { $0.channel == other.channel }.map(\.payload)
                    if !payloads.isEmpty { other.onNotices(payloads) }
                }
            case .lost(let error, let delay):
                for other in others { other.onLoss() }
                onLoss(error, delay)
            }
        }
    }

    func start() { listener.start() }
    func stop() { listener.stop() }
}
