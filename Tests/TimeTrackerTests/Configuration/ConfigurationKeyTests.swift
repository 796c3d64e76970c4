import Testing

@testable import TimeTracker

struct ConfigurationKeyTests {
    @Test(arguments: [
        ("backlog", "65536"), ("backlog", "1.5"), ("backlog", ""), ("workers", "257"), ("workers", "all"),
        ("auth_cache_ms", "1001"), ("max_body_bytes", "16777217"), ("log_level", "loud"),
        ("redis_enabled", "maybe"),
        ("currency", "EURO"), ("currency", "E1R"), ("version_check_github_repo", "a/b/c"),
        ("redis_key_prefix", "{tt}:"),
        ("database_url", "postgresql+psycopg2://h/d"), ("database_url", "postgresql://"), ("redis_url", "http://h"),
        ("admin_username", "a b"), ("admin_password", "1234567"), ("default_daily_working_hours", "25"),
        ("default_daily_working_hours", "nan"), ("data_dir", "a\u{0}b"), ("tz", "UTC\n"), ("bind", "localhost"),
    ])
    func badValuesAreRefused(name: String, value: String) throws {
        let key = try #require(ConfigurationKey.named(name))
        #expect(throws: BadValue.self) { try key.normalise(value) }
    }

    @Test(arguments: [
        ("access_log", "ON", "true"), ("redis_enabled", "0", "false"), ("backlog", "+12", "12"),
        ("currency", "chf", "CHF"),
        ("admin_username", "Root", "root"), ("version_check_github_repo", "", ""),
        ("default_daily_working_hours", "7.5", "7.5"),
        ("redis_url", "unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"), ("workers", "auto", "auto"),
    ])
    func valuesGetTheirCanonicalForm(name: String, value: String, canonical: String) throws {
        #expect(try #require(ConfigurationKey.named(name)).normalise(value) == canonical)
    }

    @Test(arguments: [
        ("postgresql://user:p@ss:w/rd@host:5432/db", "postgresql://user:********@host:5432/db"),
        ("postgresql://user@host/db", "postgresql://user@host/db"),
        ("postgresql://host:5432/db", "postgresql://host:5432/db"),
        ("postgresql://host/db?user=a&password=b&sslmode=x", "postgresql://host/db?user=a&password=********&sslmode=x"),
        ("postgresql://u:p@host/db?sslpassword=b", "postgresql://u:********@host/db?sslpassword=********"),
    ])
    func passwordsInURLsAreMasked(url: String, masked: String) throws {
        #expect(try #require(ConfigurationKey.named("database_url")).masked(url) == masked)
    }

    @Test func secretsAreMaskedWhole() throws {
        #expect(try #require(ConfigurationKey.named("redis_url")).masked("redis://:pw@h/0") == "redis://:********@h/0")
        for key in ConfigurationKey.all where key.isSecret && !key.name.hasSuffix("url") {
            #expect(key.masked("hunter2") == "********", "\(key.name)")
        }
        #expect(try #require(ConfigurationKey.named("tz")).masked("UTC") == "UTC")
    }

    @Test(arguments: [
        ("127.0.0.1:8080", [BindAddress.tcp(host: "127.0.0.1", port: 8080)]),
        (":80", [.tcp(host: "0.0.0.0", port: 80)]),
        ("[::1]:8080", [.tcp(host: "::1", port: 8080)]),
        ("localhost:0, unix:/run/tt.sock", [.tcp(host: "localhost", port: 0), .unix(path: "/run/tt.sock")]),
        ("unix:/run/tt.sock", [.unix(path: "/run/tt.sock")]),
    ])
    func bindAddresses(text: String, addresses: [BindAddress]) {
        #expect(BindAddress.parse(list: text) == addresses)
    }

    @Test(arguments: [
        "", "8080", "host", "host:", "host:-1", "host:+1", "host:65536", "::1:8080", "[host]:80", "unix:", "a:1,b:2",
        "unix:/a,unix:/b", "a:1,", "a b:1", "http://h:1",
    ])
    func badBindAddresses(text: String) {
        #expect(BindAddress.parse(list: text) == nil)
    }

    @Test func longSocketPathsAreRefused() {
        let path = String(repeating: "p", count: 107)
        #expect(BindAddress.parse(list: "unix:\(path)") != nil)
        #expect(BindAddress.parse(list: "unix:\(path)p") == nil)
    }
}
