import Postgres
import Testing

@testable import TimeTracker

/// What code and API errors take for granted of the schema.
struct SchemaTests {
    @Test func constraintsHaveTheNamesThatErrorsAreMadeFrom() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db).migrate()
            let rows = try await db.execute(
                Statement(
                    "select conname::text from pg_constraint union select relname::text from pg_class where relkind = 'i'"
                ))
            let names = Set(rows.map { $0.string(0) })
            let expected = [
                "users_username_key", "api_tokens_token_hash_key", "api_idempotency_keys_pkey",
                "clients_name_lower_key",
                "projects_client_id_name_key", "projects_code_key", "projects_client_id_fkey", "tasks_project_id_fkey",
                "time_entries_project_id_fkey", "time_entries_client_id_fkey", "time_entries_task_id_fkey",
                "time_entries_end_after_start", "time_entries_task_needs_project", "time_entries_has_place",
                "quotes_quote_number_key", "warehouses_code_key", "stock_items_sku_key", "warehouse_stock_pair_key",
            ]
            for name in expected { #expect(names.contains(name), "\(name)") }
        }
    }

    /// Statement, and the constraint it breaks; on top of one user, client, project and task with id 1.
    @Test func rowsThatMakeNoSenseAreRefused() async throws {
        let entry = "insert into time_entries (user_id, project_id, client_id, task_id, start_time, end_time) values"
        let cases = [
            ("insert into users (username) values ('Upper')", "users_username_normalised"),
            ("insert into users (username) values ('maria')", "users_username_key"),
            ("insert into clients (name) values ('ACME')", "clients_name_lower_key"),
            ("insert into projects (name, client_id) values ('Site', 1)", "projects_client_id_name_key"),
            ("insert into projects (name, client_id) values ('New', 9)", "projects_client_id_fkey"),
            (
                "insert into tasks (name, project_id, created_by, priority) values ('T', 1, 1, 5)",
                "tasks_priority_range"
            ),
            ("\(entry) (1, 1, null, null, now(), now() - interval '1 second')", "time_entries_end_after_start"),
            ("\(entry) (1, null, 1, 1, now(), null)", "time_entries_task_needs_project"),
            ("\(entry) (1, null, null, null, now(), null)", "time_entries_has_place"),
            ("\(entry) (9, 1, null, null, now(), null)", "time_entries_user_id_fkey"),
            ("delete from projects where id = 1", "time_entries_project_id_fkey"),
            ("delete from clients where id = 1", "projects_client_id_fkey"),
            ("insert into settings (id) values (2)", "settings_one_row"),
            ("insert into settings default values", "settings_pkey"),
        ]
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db).migrate()
            for sql in [
                "insert into users (username) values ('maria')", "insert into clients (name) values ('Acme')",
                "insert into projects (name, client_id) values ('Site', 1)", "insert into settings default values",
                "insert into tasks (name, project_id, created_by) values ('Home', 1, 1)",
                "\(entry) (1, 1, null, 1, now(), null)",
            ] {
                _ = try await db.execute(Statement(sql))
            }
            for (sql, constraint) in cases {
                let error = await #expect(throws: PostgresError.self, "\(sql)") { try await db.execute(Statement(sql)) }
                #expect(error?.constraint == constraint, "\(sql)")
            }
        }
    }

    @Test func deletingATaskKeepsItsTime() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db).migrate()
            for sql in [
                "insert into users (username) values ('maria')", "insert into clients (name) values ('Acme')",
                "insert into projects (name, client_id) values ('Site', 1)",
                "insert into tasks (name, project_id, created_by) values ('Home', 1, 1)",
                """
                insert into time_entries (user_id, project_id, task_id, start_time, end_time, duration_seconds)
                values (1, 1, 1, now() - interval '1 hour', now(), 3600)
                """,
                "delete from tasks",
            ] {
                _ = try await db.execute(Statement(sql))
            }
            #expect(try await db.integer("select count(*) from time_entries where task_id is null") == 1)
            #expect(try await db.integer("select sum(seconds)::bigint from entry_totals where kind = 't'") == 0)
            #expect(try await db.integer("select sum(seconds)::bigint from entry_totals where kind = 'p'") == 3600)
        }
    }
}
