import FoundationEssentials
import HTTPClient
import Logging
import NIOCore
import Reactor
import Redis

/// Finds the newest release on GitHub (behaviour.md §11.6): cached, one request at a time, never an error.
actor VersionCheck {
    struct Configuration: Sendable {
        /// `owner/name`; empty = never look.
        var repository: String
        var apiBase: String
        var freshSeconds: Int
        var staleSeconds: Int
        var timeoutSeconds: Int
        var token: String?
        var includesPreReleases: Bool
        var installed: String

        init(_ configuration: AppConfiguration) {
            repository = configuration["version_check_github_repo"] ?? ""
            apiBase = configuration["version_check_github_api_base"] ?? ""
            while apiBase.hasSuffix("/") { apiBase.removeLast() }
            freshSeconds = Int(configuration["version_check_github_cache_ttl"] ?? "") ?? 43_200
            staleSeconds = Int(configuration["version_check_github_stale_ttl"] ?? "") ?? 604_800
            timeoutSeconds = Int(configuration["version_check_http_timeout"] ?? "") ?? 10
            token = configuration["github_releases_token"].flatMap { $0.isEmpty ? nil : $0 }
            includesPreReleases = configuration["enable_pre_release_notifications"] == "true"
            installed = InstalledVersion.text(
                appVersion: configuration["app_version"], override: configuration["timetracker_version"],
                build: AppConfiguration.buildVersion)
        }
    }

    /// How long GitHub is left alone after it failed.
    private static let pauseAfterFailure = 600
    private static let maxAnswerBytes = 4 * 1024 * 1024
    private static let maxAnswerValues = 500_000

    nonisolated let installed: String
    private let configuration: Configuration
    private let resolver = AddressResolver(threads: 1)
    private let cache: ReleaseCache
    private let logger: Logger
    private var running: Task<Release?, Never>?

    init(
        configuration: Configuration, redis: RedisClient?, keyPrefix: String, logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        installed = configuration.installed
        cache = ReleaseCache(redis: redis, keyPrefix: keyPrefix, repository: configuration.repository)
    }

    /// Nil when nothing is known: never looked, or GitHub can't be reached and nothing stale is left.
    func latest() async -> Release? {
        guard !configuration.repository.isEmpty else { return nil }
        if let running { return await running.value }
        let task = Task { await look() }
        running = task
        let release = await task.value
        running = nil
        return release
    }

    private func look() async -> Release? {
        if let release = await cache.release(.fresh) { return release }
        if await cache.text(.failed) != nil { return await cache.release(.stale) }
        do {
            let release = try await fetch()
            await cache.set(.fresh, release.cached, seconds: configuration.freshSeconds)
            await cache.set(.stale, release.cached, seconds: configuration.staleSeconds)
            return release
        } catch {
            logger.warning("release check failed", metadata: ["reason": "\(error)"])
            await cache.set(.failed, "1", seconds: Self.pauseAfterFailure)
            return await cache.release(.stale)
        }
    }

    private struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private func fetch() async throws -> Release {
        let limit = Duration.seconds(configuration.timeoutSeconds)
        guard let response = try await within(limit, { try await self.ask(limit) }) else {
            throw Unusable(description: "no complete answer in time")
        }
        guard response.status == 200 else { throw Unusable(description: "status \(response.status)") }
        guard !response.isCut,
            let json = try? JSONValue.parse(ByteBuffer(bytes: response.body), maxValues: Self.maxAnswerValues),
            let release = Release(githubAnswer: json)
        else {
            throw Unusable(description: "no usable release in the answer")
        }
        return release
    }

    /// On a thread that lives as long as the request, which is seldom: reading the system's certificates takes tens of
    /// milliseconds.
    private nonisolated func ask(_ limit: Duration) async throws -> HTTPClient.Response {
        let path = configuration.includesPreReleases ? "releases?per_page=20" : "releases/latest"
        let url = "\(configuration.apiBase)/repos/\(configuration.repository)/\(path)"
        guard let host = URL(string: url)?.host else { throw Unusable(description: "no host in the address") }
        var request = HTTPClient.Request(
            url: url, addresses: Array(try await resolver.addresses(of: host).prefix(3)), timeout: limit,
            maxBodyBytes: Self.maxAnswerBytes)
        request.headers = [
            ("accept", "application/vnd.github+json"),
            ("user-agent", "TimeTracker/\(AppConfiguration.buildVersion)"),
        ]
        if let token = configuration.token { request.headers.append(("authorization", "token \(token)")) }
        let reactor = try Reactor(name: "tt-version")
        reactor.start()
        defer { reactor.stop() }
        return try await HTTPClient(reactor: reactor).send(request)
    }
}

/// What this server calls its own version when it compares (behaviour.md §11.6).
enum InstalledVersion {
    /// The first configured text that is a version, else the first configured one, which is shown but never compared
    /// (`dev-999`); the build's own version when nothing is configured.
    static func text(appVersion: String?, override: String?, build: String) -> String {
        let configured = [appVersion, override].compactMap(\.self).map(Tags.trim).filter { !$0.isEmpty }
        return configured.first { ReleaseVersion($0) != nil } ?? configured.first ?? build
    }
}
