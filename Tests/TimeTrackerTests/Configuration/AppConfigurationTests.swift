import Postgres
import Testing

@testable import TimeTracker

struct AppConfigurationTests {
    private let secret = "0123456789abcdef0123456789abcdef"

    private func configuration(_ environment: [String: String] = [:], yaml: String? = nil) throws -> AppConfiguration {
        try AppConfiguration(environment: environment, file: yaml.map(ConfigurationFile.init(text:)))
    }

    private func problems(_ environment: [String: String] = [:], yaml: String? = nil) -> [String] {
        do {
            _ = try configuration(environment, yaml: yaml)
            return []
        } catch {
            return (error as? ConfigurationError)?.problems ?? ["\(error)"]
        }
    }

    @Test func nothingIsNeededToStartEmbedded() throws {
        let configuration = try configuration()
        #expect(configuration.isEmbedded)
        #expect(configuration.bindAddresses == [.tcp(host: "127.0.0.1", port: 8080)])
        #expect(configuration.workers == nil)
        #expect(configuration.rateLimitPerMinute == 100)
        #expect(configuration.rateLimitPerHour == 1000)
        #expect(configuration["redis_url"] == nil)
        #expect(configuration.entries.allSatisfy { $0.source == .default })
    }

    @Test func everyDefaultIsValidAndCanonical() throws {
        for key in ConfigurationKey.all {
            guard let value = key.defaultValue else { continue }
            #expect(try key.normalise(value) == value, "\(key.name)")
        }
        #expect(Set(ConfigurationKey.all.map(\.name)).count == ConfigurationKey.all.count)
    }

    @Test func environmentWinsOverFileOverDefault() throws {
        let configuration = try configuration(["BACKLOG": "7", "WORKERS": ""], yaml: "backlog: 8\nworkers: 3\n")
        func source(_ name: String) -> AppConfiguration.Source? {
            configuration.entries.first { $0.key.name == name }?.source
        }
        #expect(configuration.backlog == 7)
        #expect(configuration.workers == 3)
        #expect(configuration.drainTimeout == 30)
        #expect(source("backlog") == .environment)
        #expect(source("workers") == .file)
        #expect(source("drain_timeout") == .default)
    }

    @Test func allProblemsAreToldAtOnce() {
        let found = problems(
            ["BACKLOG": "many", "API_TOKEN_LIFETIME": "3", "TIMETRACKER_DEBUG": "1", "SECRET_KEY": "short"],
            yaml: "workers: 0\nworkerz: 2\nBIND: x\nlog_level: [a]\n")
        let expected = [
            "BACKLOG must be a whole number", "API_TOKEN_LIFETIME", "TIMETRACKER_DEBUG", "SECRET_KEY must have 32",
            "WORKERS must be auto", "unknown key 'workerz'", "spelled 'bind'", "'log_level' must have a plain value",
        ]
        #expect(found.count == expected.count)
        for part in expected { #expect(found.contains { $0.contains(part) }, "\(part)") }
    }

    @Test func problemsKeepSecrets() {
        let found = problems([
            "SECRET_KEY": "hunter2", "ADMIN_PASSWORD": "hunter2", "REDIS_URL": "http://:hunter2@host",
            "DATABASE_URL": "mysql://root:hunter2@host/db",
        ])
        #expect(found.count == 4)
        #expect(!found.contains { $0.contains("hunter2") })
    }

    @Test(arguments: [("0", 1), ("-5", 1), ("1", 1), ("250", 250)])
    func limitsBelowOneCountAsOne(text: String, limit: Int) throws {
        let configuration = try configuration([
            "API_TOKEN_RATE_LIMIT_PER_MINUTE": text, "API_TOKEN_RATE_LIMIT_PER_HOUR": text,
        ])
        #expect(configuration.rateLimitPerMinute == limit)
        #expect(configuration.rateLimitPerHour == limit)
        #expect(configuration.environment["API_TOKEN_RATE_LIMIT_PER_HOUR"] == String(limit))
    }

    @Test(arguments: [
        "too-short", "change-me-change-me-change-me-change-me", "your-secret-key-here-0123456789abcdef",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "CHANGEME0123456789abcdef0123456789abcdef",
    ])
    func weakSecretKeysAreRefused(key: String) {
        #expect(problems(["DATABASE_URL": "postgresql://host/db", "SECRET_KEY": key]).count == 1)
    }

    @Test func externalDatabaseNeedsASecretKeyAndHasAStandardRedis() throws {
        let url = "postgresql://host/db"
        #expect(problems(["DATABASE_URL": url]) == ["SECRET_KEY is required with DATABASE_URL"])
        let configuration = try configuration(["DATABASE_URL": url, "SECRET_KEY": secret])
        #expect(!configuration.isEmbedded)
        #expect(configuration["redis_url"] == "redis://localhost:6379/0")
        #expect(configuration.postgres.url == url)
    }

    @Test func redisAloneIsRefused() {
        #expect(problems(["REDIS_URL": "redis://host"]).count == 1)
    }

    @Test func redisOverTLSIsRefusedWithAWayOut() {
        let found = problems([
            "DATABASE_URL": "postgresql://h/d", "SECRET_KEY": secret, "REDIS_URL": "rediss://host:6380",
        ])
        #expect(found.count == 1)
        #expect(found.first?.contains("stunnel") == true)
    }

    @Test func embeddedServicesFillWhatIsMissing() throws {
        let overrides = AppConfiguration.Overrides(
            databaseURL: "postgresql:///tt", redisURL: "unix:///r", secretKey: "made")
        let configuration = try configuration().applying(overrides)
        #expect(configuration.isEmbedded)
        #expect(configuration["database_url"] == "postgresql:///tt")
        #expect(configuration["redis_url"] == "unix:///r")
        #expect(configuration.secretKey == "made")
        #expect(try self.configuration(["SECRET_KEY": secret]).applying(overrides).secretKey == secret)
    }

    @Test func workersReadBackWhatTheSupervisorHandsThem() throws {
        let original = try configuration(
            [
                "DATABASE_URL": "postgresql://u:p@h/d", "SECRET_KEY": secret, "VERSION_CHECK_GITHUB_REPO": "",
                "ACCESS_LOG": "off", "SINGLE_ACTIVE_TIMER": "no",
            ], yaml: "bind: '127.0.0.1:0,unix:/run/tt.sock'\nworkers: 4\n")
        let copy = try configuration(original.environment.merging(original.secrets) { $1 })
        #expect(copy.entries.map(\.value) == original.entries.map(\.value))
        #expect(copy["version_check_github_repo"] == "")
        #expect(!copy.logsAccess)
    }

    @Test func variablesOfServicesNamedLikeUsAreNotOurs() throws {
        _ = try configuration([
            "TIMETRACKER_SERVICE_HOST": "10.0.0.1", "TIMETRACKER_SERVICE_PORT": "8080",
            "TIMETRACKER_SERVICE_PORT_HTTP": "8080",
            "TIMETRACKER_PORT": "tcp://10.0.0.1:8080", "TIMETRACKER_PORT_8080_TCP_ADDR": "10.0.0.1",
            "TIMETRACKER_REDIS_PORT_6379_TCP": "tcp://10.0.0.2:6379",
        ])
        #expect(problems(["TIMETRACKER_PORT": "8080"]).count == 1)
    }

    @Test(arguments: [("TRUE", "true"), ("true", "true"), ("1", "false"), ("yes", "false"), ("whatever", "false")])
    func seedFlagsAreTrueForTrueAlone(text: String, value: String) throws {
        let seeds = try configuration(["SINGLE_ACTIVE_TIMER": text]).settingsSeeds
        #expect(seeds.first { $0.column == "single_active_timer" }?.value == value)
    }

    @Test func versionComesFromTheBuildUnlessSet() throws {
        #expect(try configuration(["APP_VERSION": "dev-0"]).version == AppConfiguration.buildVersion)
        #expect(try configuration(["APP_VERSION": "4.1.0"]).version == "4.1.0")
        #expect(try configuration(["APP_VERSION": "4.1.0", "TIMETRACKER_VERSION": "5"]).version == "5")
    }

    @Test func cookiesFollowTheRequestUnlessTold() throws {
        #expect(try configuration().sessionCookieIsSecure == nil)
        #expect(try configuration(["SESSION_COOKIE_SECURE": "false"]).sessionCookieIsSecure == false)
    }
}
