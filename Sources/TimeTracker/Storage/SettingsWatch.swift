import Postgres

/// Tells the settings store of every change at once (migration 0013 notifies). While the session is away the store looks
/// once a second, as it always does.
final class SettingsWatch: Sendable {
    private let listener: NotificationListener

    /// - Parameter onLoss: called when the session is lost, with the time until the next attempt.
    init(
        _ settings: SettingsStore, configuration: PostgresConfiguration,
        onLoss: @escaping @Sendable (PostgresError, Duration) -> Void
    ) {
        listener = NotificationListener(configuration: configuration, channel: "settings") { event in
            switch event {
            // What happened before the session began was not told.
            case .connected, .notified: settings.changed()
            case .lost(let error, let delay): onLoss(error, delay)
            }
        }
    }

    func start() { listener.start() }
    func stop() { listener.stop() }
}
