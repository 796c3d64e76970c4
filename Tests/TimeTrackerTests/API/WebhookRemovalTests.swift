import HTTPTypes
import Postgres
import Testing

@testable import TimeTracker

/// A change that meets the removal of a webhook which would have heard of it (behaviour.md §10.3).
@Suite(.timeLimit(.minutes(1)))
struct WebhookRemovalTests {
    private static let json = [("Content-Type", "application/json")]

    @Test func aChangeIsNotRefusedForAWebhookThatIsRemovedMeanwhile() async throws {
        try await ServedApplication.with { server in
            let token = try await server.token("admin:all")
            let made = await server.ask(
                .post, "/api/v1/webhooks", token: token, fields: Self.json,
                body: #"{"name":"Soon gone","url":"https://example.org/","events":["*"]}"#)
            #expect(made.status == 201, "\(made.body)")
            // Of the same pool, whose other connections serve the change.
            let change = try await server.app.db.transaction { removal in
                _ = try await removal.query(Statement("delete from webhooks"))
                let change = Task {
                    await server.ask(
                        .post, "/api/v1/clients", token: token, fields: Self.json, body: #"{"name":"Meanwhile"}"#)
                }
                try await Self.untilSomebodyWaits(server.database)
                return change
            }
            let answer = await change.value
            #expect(answer.status == 201, "\(answer.body)")
            let left = try await server.database.execute(Statement("select count(*) from webhook_deliveries"))
            #expect(try #require(left.first).int(0) == 0)
        }
    }

    /// Ends by the suite's limit of time if nobody ever does.
    private static func untilSomebodyWaits(_ database: PostgresClient) async throws {
        let waiting = Statement(
            "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
        while try await database.execute(waiting).isEmpty { try Task.checkCancellation() }
    }
}
