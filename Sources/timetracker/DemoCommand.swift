import ArgumentParser
import Postgres
import TimeTracker

struct DemoCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Fill an empty installation with a year of made-up data.",
        discussion: """
            Four people, six clients, eleven projects with tasks, and the entries of a year up to now; quotes, and three \
            warehouses with what moved in and out of them. For an installation that was set up but holds none of these yet.
            """)
    @OptionGroup var common: CommonOptions

    func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
        let made = try await DemoData(db: db).fill()
        Terminal.print("made \(made.entries) entries on \(made.projects) projects for \(made.people) people")
    }
}
