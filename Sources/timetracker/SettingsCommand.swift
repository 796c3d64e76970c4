import ArgumentParser
import Postgres
import TimeTracker

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Read and change the installation's settings.",
        subcommands: [Get.self, Set.self])

    struct Get: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "Print all settings, or one.")
        @OptionGroup var common: CommonOptions
        @Argument var key: String?

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            let settings = try await SettingsAdmin(db: db).get(key)
            if key != nil { return Terminal.print(settings.first?.value ?? "") }
            Terminal.table(settings.map { [$0.key, $0.value] })
        }
    }

    struct Set: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "Change a setting; effective within a second.")
        @OptionGroup var common: CommonOptions
        @Argument var key: String
        @Argument var value: String

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            try await SettingsAdmin(db: db).set(key, value)
            Terminal.print("\(key) = \(value)")
        }
    }
}
