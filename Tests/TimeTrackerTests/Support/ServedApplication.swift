import Foundation
import HTTPTypes
import Logging
import NIOCore
import Postgres
import Reactor
import Redis
import TestSupport
import Testing

@testable import TimeTracker

/// What a worker is made of, in this process, on a database and a Redis prefix of its own. Requests are put straight to its
/// responder, so that what a gate says can be seen without sockets and processes.
struct ServedApplication: Sendable {
    let app: Application
    let database: PostgresClient
    private let responder: Responder
    private let reactor: Reactor

    /// - Parameters:
    ///   - settings: environment variables besides the addresses.
    ///   - isSetUp: whether the first-run setup is done, with the user `admin`.
    ///   - routes: of the test, besides the product's.
    static func with(
        _ settings: [String: String] = [:], isSetUp: Bool = true, routes: [Route] = [],
        _ body: @Sendable (ServedApplication) async throws -> Void
    ) async throws {
        let copy = try await TemplateDatabases.shared().copy(of: isSetUp ? .setUp : .initial)
        try await ScratchDatabase.with(copy) { database in
            var environment = [
                "DATABASE_URL": copy.url,
                "REDIS_URL": try #require(ProcessInfo.processInfo.environment["TEST_REDIS_URL"]),
                "REDIS_KEY_PREFIX": "\(copy.name):",
                "SECRET_KEY": "0123456789abcdef0123456789abcdef", "DATABASE_POOL_SIZE": "4", "AUTH_CACHE_MS": "0",
            ]
            environment.merge(settings) { $1 }
            let configuration = try AppConfiguration(environment: environment, file: nil as ConfigurationFile?)
            let reactor = try Reactor(name: "app-tests")
            reactor.start()
            var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            logger.logLevel = .critical
            let worker = Worker(
                configuration: configuration,
                inheritance: .init(slotIndex: 0, listeners: [], board: nil, readyPipe: nil), logger: logger,
                accessLog: nil)
            let app = try worker.makeApplication(reactor, ServiceMetrics(board: nil) { _ in 0 })
            app.db.start()
            app.redis?.start()
            await app.redis?.settle(within: .seconds(5))
            let responder = Responder(
                app: app, routes: Resources.routes + WebRoutes.all + routes, browsers: WebGate(app: app))
            let result: Result<Void, any Error>
            do {
                result = .success(
                    try await body(
                        ServedApplication(app: app, database: database, responder: responder, reactor: reactor)))
            } catch {
                result = .failure(error)
            }
            await app.db.shutdown(within: .seconds(5))
            await app.redis?.shutdown()
            app.heavyWork.stop()
            app.passwords.stop()
            reactor.stop()
            try result.get()
        }
    }

    struct Answer: Sendable {
        let status: Int
        /// The header fields that the gates add, and those of the reply, each a line.
        let fields: String
        let body: String

        /// `error_code` of the standard error body.
        var code: String? {
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            return object?["error_code"] as? String
        }
    }

    /// Sends a request to the responder, on the reactor as a connection does.
    func ask(
        _ method: HTTPRequest.Method, _ target: String, token: String? = nil, fields: [(String, String)] = [],
        body: String? = nil
    ) async -> Answer {
        var lines = fields
        if let token { lines.append(("Authorization", "Bearer \(token)")) }
        let (path, query) = RequestTarget.split(RawText(target))
        let exchange = Exchange(
            requestID: "test", method: method, path: path, rawQuery: query, headers: RequestHeaders(lines),
            origin: ClientOrigin(address: "203.0.113.9", isCertain: true), startedAt: 0)
        return await Task(executorPreference: reactor) {
            if let body {
                let incoming = RequestBody(
                    framing: .length(body.utf8.count), client: "203.0.113.9",
                    budget: BodyBudget(perWorker: 1 << 20, perClient: 1 << 20), onWanted: {})
                Array(body.utf8).withUnsafeBytes { incoming.append($0) }
                incoming.finish()
                exchange.incoming = incoming
            }
            let reply =
                if let reply = responder.answer(exchange) { reply } else { await responder.respond(to: exchange) }
            let own = reply.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            return Answer(
                status: reply.status.code, fields: own + String(decoding: exchange.headerLines, as: UTF8.self),
                body: String(buffer: reply.body))
        }.value
    }

    /// The header fields of a browser that has signed in, of its forms too.
    func signIn(_ user: String) async throws -> [(String, String)] {
        let sessions = app.web.sessions
        let id = try #require(
            try await database.execute(Statement("select id from users where username = $1", [.text(user)])).first
        ).int(0)
        let (session, record) = try await Task(executorPreference: reactor) {
            try await sessions.create(userID: id, isRemembered: false, .init(address: "203.0.113.9", userAgent: nil))
        }.value
        return [
            ("Cookie", "session=\(session.text)"), ("X-CSRFToken", record.csrfSecret),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
    }

    /// A token of `admin`.
    func token(_ scopes: String, expiresDays: Int? = nil, addresses: String? = nil) async throws -> String {
        try await TokenAdmin(db: database).create(
            user: "admin", name: "test", scopes: scopes, expiresDays: expiresDays, allowedAddresses: addresses)
    }
}
