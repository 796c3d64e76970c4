import ArgumentParser
import TimeTracker

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Print the effective configuration and where each value came from.",
        discussion: "Secrets are masked. Exit status 78 when the configuration is not usable.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the documentation of all variables as a Markdown table.")
    var markdown = false

    func run() throws {
        if markdown { return Terminal.print(ConfigurationDocumentation.markdown) }
        let rows = try common.load().entries.map { entry in
            [entry.key.variable, entry.maskedValue, entry.source.rawValue]
        }
        Terminal.table([["VARIABLE", "VALUE", "FROM"]] + rows)
    }
}
