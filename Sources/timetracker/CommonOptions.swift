import ArgumentParser
import FoundationEssentials
import Supervisor
import TimeTracker

/// Where a command finds its installation.
struct CommonOptions: ParsableArguments, Sendable {
    @Option(
        name: .customLong("config"),
        help:
            "YAML file; without it ./config/timetracker.yaml, or else /etc/timetracker/timetracker.yaml, if that exists."
    )
    var configFile: String?

    @Option(help: "Directory of the embedded PostgreSQL and Redis; overrides DATA_DIR.")
    var dataDir: String?

    /// - Throws: `ExitCode` 78 (EX_CONFIG) after all problems have been printed.
    func load(_ extra: [String: String] = [:]) throws -> AppConfiguration {
        var environment = ProcessEnvironment.read()
        if let dataDir { environment["DATA_DIR"] = dataDir }
        environment.merge(extra) { _, new in new }
        do {
            return try AppConfiguration(environment: environment, file: configFile ?? Self.standardFile)
        } catch {
            Terminal.error("the configuration is not usable:")
            for problem in error.problems { Terminal.error("  \(problem)") }
            throw ExitCode(78)
        }
    }

    /// The configuration with the database and Redis filled in, for commands that use a running installation.
    func resolved() throws -> AppConfiguration {
        try resolve(load())
    }

    func resolve(_ configuration: AppConfiguration) throws -> AppConfiguration {
        guard configuration.isEmbedded else { return configuration }
        do {
            let running = try EmbeddedServices.describe(dataDirectory: configuration.dataDirectory)
            return configuration.applying(running.overrides)
        } catch {
            throw Terminal.failure("\(error)")
        }
    }

    private static var standardFile: String? {
        ["config/timetracker.yaml", "/etc/timetracker/timetracker.yaml"].first {
            FileManager.default.fileExists(atPath: $0)
        }
    }
}
