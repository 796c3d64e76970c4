import Postgres
import Testing

@testable import TimeTracker

/// Deliveries that wait, among many that have been made.
struct DeliveryQueueTests {
    @Test func aBacklogIsReadByTheIndexOfItsOrder() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db).migrate()
            _ = try await db.execute(
                Statement(
                    "insert into users (username, password_hash, role) values ('ann', 'x', 'admin')"))
            _ = try await db.execute(
                Statement(
                    """
                    insert into webhooks (user_id, name, url, secret, events)
                    select 1, 'w', 'https://example.com/' || n, 's', '["*"]' from generate_series(1, 3) n
                    """))
            _ = try await db.execute(
                Statement(
                    """
                    insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash, status)
                    select 1 + n % 2, 'project.created', n::text, '{}', 'x', case when n <= 20000 then 'success' else 'pending' end
                    from generate_series(1, 40000) n
                    """))
            _ = try await db.execute(Statement("analyze webhook_deliveries"))
            for (sql, parameters) in [
                (DeliveryStore.lockSQL, [PostgresValue.int(64)]),
                (DeliveryStore.claimSQL, [.intArray([1, 2, 3]), .int(7)]),
            ] {
                let plan = try await db.query(Statement("explain " + sql, parameters)).map { $0.string(0) }
                    .joined(separator: "\n")
                #expect(plan.contains("using webhook_deliveries_queue_idx"), "\(plan)")
                #expect(!plan.contains("Bitmap") && !plan.contains("Sort Key: ((d.id + 0))"), "\(plan)")
            }

            // The oldest of each webhook that has one.
            let claimed = try await DeliveryStore(db: db).claim(atMost: 64, key: 7)
            #expect(claimed.map(\.eventID).sorted() == ["20001", "20002"])
            // Nothing more of a webhook that is being sent to.
            #expect(try await DeliveryStore(db: db).claim(atMost: 64, key: 7).isEmpty)
        }
    }
}
