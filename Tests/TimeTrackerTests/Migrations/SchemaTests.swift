import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// What code and API errors take for granted of the schema.
struct SchemaTests {
    /// Constraints of the kinds that a request could break, which none breaks: of tables that requests don't write or whose
    /// keys they don't choose, and of what is locked or can't be deleted.
    private static let unbroken: Set = [
        // Roles and permissions are the schema's own.
        "roles_name_key", "permissions_name_key", "role_permissions_permission_id_fkey",
        "role_permissions_role_id_fkey",
        "user_roles_role_id_fkey",
        // Random, or numbers that are drawn one after the other.
        "api_tokens_token_hash_key", "quotes_quote_number_key",
        // Stock items and warehouses are put out of use and stay.
        "quote_items_stock_item_id_fkey", "quote_items_warehouse_id_fkey", "stock_movements_stock_item_id_fkey",
        "stock_movements_warehouse_id_fkey", "stock_lots_stock_item_id_fkey", "stock_lots_warehouse_id_fkey",
        "warehouse_stock_stock_item_id_fkey", "warehouse_stock_warehouse_id_fkey", "warehouse_stock_pair_key",
        // Rows of the same transaction, or of one that is locked.
        "quote_items_quote_id_fkey", "stock_lots_source_movement_id_fkey",
        "stock_lot_allocations_stock_lot_id_fkey", "stock_lot_allocations_stock_movement_id_fkey",
        "webhook_deliveries_webhook_id_fkey", "api_idempotency_keys_api_token_id_fkey",
        "api_token_uses_api_token_id_fkey",
        // Not set by requests.
        "projects_quote_id_fkey", "quotes_project_id_fkey",
        // What is typed is checked as a whole.
        "time_entries_task_needs_project", "time_entries_has_place", "saved_reports_span",
    ]

    /// Unique keys, foreign keys to others than the acting user, and conditions over several columns. Those over one column
    /// repeat what fields of bodies may contain.
    private static let breakable = """
        select relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace
        union
        select k.conname::text from pg_constraint k
        where k.connamespace = 'public'::regnamespace
          and (k.contype = 'c' and cardinality(k.conkey) > 1
               or k.contype = 'f' and (k.confrelid <> 'users'::regclass or not exists (
                   select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[1]
                       and a.attname in ('user_id', 'created_by', 'moved_by', 'accepted_by', 'archived_by',
                                         'last_counted_by'))))
        """

    /// A constraint that is broken without a meaning is a conflict that tells nobody what to do.
    @Test func everyConstraintThatRequestsBreakHasAMeaning() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            let breakable = Set(try await db.execute(Statement(Self.breakable)).map { $0.string(0) })
            let declared = Constraints.all.map(\.name)
            #expect(Set(declared).count == declared.count)
            let missing = breakable.subtracting(declared).subtracting(Self.unbroken)
            #expect(missing.isEmpty, "\(missing.sorted()): declare what it means beside its resource")
            #expect(Self.unbroken.isSubset(of: breakable), "\(Self.unbroken.subtracting(breakable).sorted())")
            #expect(Self.unbroken.isDisjoint(with: declared))
            let existing = Set(
                try await db.execute(
                    Statement(
                        """
                        select conname::text from pg_constraint union select relname::text from pg_class where relkind = 'i'
                        """)
                ).map { $0.string(0) })
            for name in declared + ["api_idempotency_keys_pkey"] { #expect(existing.contains(name), "\(name)") }
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
        try await ScratchDatabase.with(.migrated) { db async throws in
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
            let unassignable = "insert into tasks (name, project_id, created_by, assigned_to) values ('T', 1, 1, 9)"
            let error = await #expect(throws: PostgresError.self) { try await db.execute(Statement(unassignable)) }
            let refusal = error.flatMap { Constraints.refusal(of: $0) }
            #expect(refusal?.kind == .badRequest && refusal?.fields?["assignee_id"]?.count == 1)
        }
    }

    @Test func deletingATaskKeepsItsTime() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
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
