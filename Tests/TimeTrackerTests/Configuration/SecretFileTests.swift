import Glibc
import Testing

@testable import TimeTracker

/// `<NAME>_FILE`: secrets in files of their own.
struct SecretFileTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = "/tmp/tt-secret-file-\(UInt32.random(in: 1 ... .max))"
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        defer { unlink(path) }
        try body(path)
    }

    @Test(arguments: [
        ("value", "value"), ("value\n", "value"), ("value\r\n", "value"), ("a b\n\n", "a b\n"), (" v ", " v "),
    ])
    func oneLineEndIsDropped(text: String, value: String) throws {
        try withFile(Array(text.utf8)) { path throws in #expect(try SecretFile.read(path) == value) }
    }

    @Test(arguments: [[], [0x0A], [0xFF, 0xFE], [UInt8](repeating: 0x61, count: 70_000)])
    func badFiles(bytes: [UInt8]) throws {
        try withFile(bytes) { path throws in #expect(throws: BadValue.self) { try SecretFile.read(path) } }
    }

    @Test func everySecretHasAFileAndNothingElseHas() {
        let secrets = ConfigurationKey.all.filter(\.isSecret).map(\.name)
        #expect(
            Set(secrets) == [
                "database_url", "database_read_url", "redis_url", "secret_key", "secret_key_previous", "admin_password",
                "github_releases_token",
            ])
        #expect(ConfigurationKey.all.compactMap(\.secretName) == secrets)
        for name in secrets { #expect(ConfigurationKey.named("\(name)_file")?.isSecret == false) }
        #expect(Set(AppConfiguration.secretVariables) == Set(secrets.map { $0.uppercased() }))
    }

    @Test func workersGetValuesAndNoFileNames() throws {
        try withFile(Array((Self.secret + "\n").utf8)) { path in
            let configuration = try AppConfiguration(
                environment: ["DATABASE_URL": "postgresql://u:hunter2@h/d", "SECRET_KEY_FILE": path],
                file: nil as String?)
            #expect(configuration.secretKey == Self.secret)
            #expect(configuration.entries.first { $0.key.name == "secret_key" }?.source == .secretFile)
            #expect(configuration.environment["SECRET_KEY_FILE"] == nil)
            for name in ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"] {
                #expect(configuration.environment[name] == nil && configuration.secrets[name] != nil, "\(name)")
            }
            let copy = try AppConfiguration(
                environment: configuration.environment.merging(configuration.secrets) { $1 }, file: nil as String?)
            #expect(copy.secretKey == Self.secret)
        }
    }

    @Test func aFileMayBeNamedInTheConfigurationFile() throws {
        try withFile(Array(Self.secret.utf8)) { path throws in
            let file = ConfigurationFile(text: "secret_key_file: \(path)\n")
            #expect(try AppConfiguration(environment: [:], file: file).secretKey == Self.secret)
            #expect(
                throws: ConfigurationError(problems: ["SECRET_KEY and SECRET_KEY_FILE are both set: give one of them"])
            ) {
                try AppConfiguration(environment: ["SECRET_KEY": Self.secret], file: file)
            }
        }
    }
}
