import ArgumentParser
import TimeTracker

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document of the API.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        Terminal.print(OpenAPIDocument.json(version: try common.load().version))
    }
}
