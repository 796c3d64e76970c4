import ArgumentParser
import TimeTracker

@main
struct TimeTrackerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timetracker",
        abstract: "Time-tracking API server.",
        discussion: """
            'timetracker serve' starts everything, with a private PostgreSQL and Redis unless DATABASE_URL is set. The other \
            commands work on the same installation, from the same environment or --data-dir, while it runs.
            """,
        version: AppConfiguration.buildVersion,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, SetupCommand.self, UserCommand.self, TokenCommand.self,
            SettingsCommand.self, StatusCommand.self, DoctorCommand.self, OpenAPICommand.self, ConfigCommand.self,
            BackupCommand.self, RestoreCommand.self, JobsCommand.self, DemoCommand.self,
            PrepareCommand.self,
            WorkerCommand.self,
        ])
}
