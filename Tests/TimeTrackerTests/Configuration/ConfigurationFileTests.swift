import Foundation
import Testing

@testable import TimeTracker

struct ConfigurationFileTests {
    @Test(arguments: ["", "# only a comment\n", "---\n", "null\n"])
    func filesWithoutKeysAreFine(text: String) {
        let file = ConfigurationFile(text: text)
        #expect(file.values.isEmpty)
        #expect(file.problems.isEmpty)
    }

    @Test func scalarsAreTakenAsWritten() {
        let file = ConfigurationFile(text: "workers: 2\naccess_log: on\nredis_key_prefix: \"tt:\"\ncurrency: 'null'\n")
        #expect(file.values == ["workers": "2", "access_log": "on", "redis_key_prefix": "tt:", "currency": "null"])
        #expect(file.problems.isEmpty)
    }

    @Test func nullIsUnsetAndQuotedNothingIsNot() {
        let file = ConfigurationFile(text: "workers:\nbacklog: ~\ntz: null\nversion_check_github_repo: ''\n")
        #expect(file.values == ["version_check_github_repo": ""])
        #expect(file.problems.isEmpty)
    }

    @Test(arguments: [
        ("workers: 1\nworkers: 2\n", "'workers' is there twice"), ("- workers\n", "must be a mapping"),
        ("workers: [1]\n", "line 1: 'workers' must have a plain value"), ("a: 1\nb: 2\n", "line 2: unknown key 'b'"),
        ("tz: UTC\nsecret_key: \"hunter2\n", "line"), ("secret_key: hunter2\n\ttz: UTC\n", "line 2"),
    ])
    func problemsNameTheLine(text: String, part: String) {
        let file = ConfigurationFile(text: text)
        #expect(file.problems.contains { $0.contains(part) }, "\(file.problems)")
        #expect(!file.problems.contains { $0.contains("hunter2") })
    }

    @Test func aMissingFileIsAProblem() {
        let path = "/nonexistent/timetracker.yaml"
        #expect(throws: ConfigurationError(problems: ["\(path): no such file"])) {
            try AppConfiguration(environment: [:], file: path)
        }
    }

    @Test func theSampleFileSaysWhatTheTableSays() throws {
        #expect(try Self.sample() == ConfigurationDocumentation.yaml)
    }

    @Test func theSampleFileIsAtItsDefaults() throws {
        let asShipped = try AppConfiguration(environment: [:], file: ConfigurationFile(text: Self.sample()))
        #expect(asShipped.entries.allSatisfy { $0.source == .default })

        let uncommented = try Self.sample().replacing(/(?m)^#([a-z_]+:)/) { "\($0.1)" }
        let file = ConfigurationFile(text: uncommented)
        let defaults = ConfigurationKey.all.compactMap { key in key.defaultValue.map { (key.name, $0) } }
        #expect(file.problems.isEmpty)
        #expect(file.values == Dictionary(uniqueKeysWithValues: defaults))
    }

    @Test func theMarkdownTableHasEveryVariable() {
        let lines = ConfigurationDocumentation.markdown.split(separator: "\n")
        #expect(lines.count == ConfigurationKey.all.count + 2)
        #expect(lines.allSatisfy { $0.filter { $0 == "|" }.count == 5 })
    }

    private static func sample() throws -> String {
        let path = #filePath.replacing(/Tests\/TimeTrackerTests\/.*/) { _ in "config/timetracker.yaml" }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
