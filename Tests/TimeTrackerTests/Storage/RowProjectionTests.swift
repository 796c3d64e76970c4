import Postgres
import Testing

@testable import TimeTracker

/// What is read but not written: joined and computed columns, and columns that stand alone.
@Suite struct RowProjectionTests {
    private struct Sample: RowProjection, Equatable {
        var key = RawText("")
        var words: Set<String> = []
        var ids: [ID<Client>] = []
        var counts: [Int64] = []
        var wall: WallTime?
        var exact = NumericText("")
        var rounding = RoundingPreference()

        static let table = "samples"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ sample: inout Sample) {
            row.column("key", &sample.key)
            row.computed("array['b', 'a', 'b']", &sample.words)
            row.column("ids", &sample.ids)
            row.computed("array_append(ids, 9::bigint)", &sample.counts)
            row.column("wall", &sample.wall, read: "samples.moment at time zone $1")
            row.computed("round(2 / 3::numeric, 4)", &sample.exact)
            row.model(&sample.rounding)
        }
    }

    private static let source = """
        (select 'é'::text as key, '{1,2}'::bigint[] as ids, timestamptz '2024-07-01T10:00:00Z' as moment) samples,
        (select true as time_rounding_enabled, 15 as time_rounding_minutes, 'up'::text as time_rounding_method) u
        """

    @Test func oneDeclarationSelectsAndReads() async throws {
        #expect(
            Sample.selected
                == """
                samples.key, array['b', 'a', 'b'], samples.ids, array_append(ids, 9::bigint), samples.moment at time zone $1, \
                round(2 / 3::numeric, 4), u.time_rounding_enabled, u.time_rounding_minutes, u.time_rounding_method
                """)
        try await ScratchDatabase.with(poolSize: 1) { db in
            let rows = try await db.execute(
                Statement("select \(Sample.selected) from \(Self.source)", [.text("Europe/Berlin")]))
            #expect(Sample.columnCount == 9)
            let noon = try #require(
                try await db.execute(Statement("select timestamptz '2024-07-01T12:00:00Z'")).first
            ).timestamp(0)
            let expected = Sample(
                key: "é", words: ["a", "b"], ids: [ID(1), ID(2)], counts: [1, 2, 9], wall: WallTime(noon),
                exact: NumericText("0.6667"),
                rounding: RoundingPreference(isEnabled: true, minutes: 15, method: .up))
            #expect(try ModelRows<Sample>(rows).all() == [expected])
            // What is bound is of the type that it is read as.
            func returned<Value: ColumnValue>(_ value: Value) async throws -> Value {
                let statement = Statement("select $1::\(Value.sqlType)", [value.parameter])
                return try #require(try await db.execute(statement).first).scalar()
            }
            #expect(try await returned(expected.words) == expected.words)
            #expect(try await returned(expected.ids) == expected.ids)
            #expect(try await returned(expected.counts) == expected.counts)
            #expect(try await returned(expected.wall) == expected.wall)
            #expect(try await returned(expected.exact) == expected.exact)
            #expect(try await returned(expected.key) == expected.key)
        }
    }

    /// In builds for release too.
    @Test func whatDoesNotFitIsAnError() async throws {
        let good = [
            "'k'::text", "'{a}'::text[]", "'{1}'::bigint[]", "'{2}'::bigint[]", "null::timestamp", "1.50::numeric",
            "true",
            "1", "'down'",
        ]
        let bad: [(column: Int, value: String, message: String)] = [
            (0, "null::text", "unexpected null in column key of samples"),
            (1, "'{1}'::bigint[]", "unexpected type 1016 of column array['b', 'a', 'b'] of samples"),
            (2, "'{a}'::text[]", "unexpected type 1009 of column ids of samples"),
            (2, "null::bigint[]", "unexpected null in column ids of samples"),
            // An instant is no wall time.
            (4, "now()", "unexpected type 1184 of column wall of samples"),
            (5, "1::bigint", "unexpected type 20 of column round(2 / 3::numeric, 4) of samples"),
            (8, "'sideways'", "unexpected value in column time_rounding_method of samples"),
        ]
        try await ScratchDatabase.with(poolSize: 1) { db in
            func read(_ values: [String]) async throws -> Sample {
                try Sample(
                    try #require(try await db.execute(Statement("select \(values.joined(separator: ", "))")).first))
            }
            let exact = try await read(good).exact
            #expect(exact.text == "1.50")
            for (column, value, message) in bad {
                var values = good
                values[column] = value
                let error = await #expect(throws: RowDecodingError.self) { try await read(values) }
                #expect(error?.description == message)
            }
            // A column is missing.
            await #expect(throws: RowDecodingError.self) { try await read(good.dropLast()) }
        }
    }

    @Test func aColumnThatStandsAlone() async throws {
        try await ScratchDatabase.with(poolSize: 1) { db in
            let row = try #require(
                try await db.execute(Statement("select 7 as seven, null::text as nothing, true as yes")).first)
            #expect(try row.scalar(as: Int64.self) == 7)
            #expect(try row.scalar(1, as: String?.self) == nil)
            #expect(try row.scalar(2, as: Bool.self))
            var error = #expect(throws: RowDecodingError.self) { try row.scalar(0, as: Bool.self) }
            #expect(error?.description == "unexpected type 23 of column seven of a statement")
            error = #expect(throws: RowDecodingError.self) { try row.scalar(1, as: String.self) }
            #expect(error?.description == "unexpected null in column nothing of a statement")
        }
    }

    /// A statement that says something even where it finds nothing has one row of nulls then.
    @Test func joinedRowsThatAreNotThere() async throws {
        try await ScratchDatabase.with(poolSize: 1) { db in
            func read(_ source: String) async throws -> ModelRows<RoundingPreference> {
                ModelRows(
                    joined: try await db.execute(
                        Statement(
                            """
                            select 5::bigint, \(RoundingPreference.selected) from (select 1) one left join (
                                select true as time_rounding_enabled, 5 as time_rounding_minutes,
                                       'up'::text as time_rounding_method from \(source)) u on true
                            """)), from: 1)
            }
            #expect(try await read("generate_series(1, 0)").all().isEmpty)
            let minutes = try await read("generate_series(1, 3)").all().map(\.minutes)
            #expect(minutes == [5, 5, 5])
        }
    }

    /// Every projection's columns are those of the schema, with its types.
    @Test func projectionsFitTheSchema() async throws {
        try await ScratchDatabase.with { db in
            _ = try await Migrator(db: db).migrate()
            func check<Model: RowProjection>(
                _: Model.Type, _ source: String? = nil, _ parameters: [PostgresValue] = []
            ) async throws {
                let source = source ?? "\(Model.table) \(Model.alias)"
                let rows = try await db.execute(
                    Statement("select \(Model.selected) from \(source) limit 0", parameters))
                do { try Model.check(rows) } catch { Issue.record(error) }
            }
            let zone = PostgresValue.text("Europe/Berlin")
            try await check(Settings.self)
            try await check(RoundingPreference.self)
            try await check(ActingUser.self)
            try await check(TokenRecord.Stored.self, TokenRecord.Stored.tables)
            try await check(SessionUser.Stored.self)
            try await check(SessionStore.Listed.self, "sessions where user_id = $1", [.int(1), zone])
            try await check(Accounts.Account.self)
            try await check(UserAdmin.Listed.self)
            try await check(TokenAdmin.Listed.self, TokenRecord.Stored.tables)
            try await check(ListedToken.self, TokenRecord.Stored.tables, [zone])
            try await check(UserProfile.self)
            try await check(UserAccount.self)
            try await check(UserStore.Access.self)
            try await check(ClaimedDelivery.self, "webhook_deliveries d join webhooks w on w.id = d.webhook_id")
            try await check(ActivityLog.Activity.self, "activities a join users u on u.id = a.user_id", [zone])
            try await check(StagedImport.self)
            try await check(ImportUsers.User.self)
            try await check(ImportDirectory.Client.self)
            try await check(ImportDirectory.Project.self, "projects p join clients c on c.id = p.client_id")
            try await check(ImportDirectory.Task.self)
            try await check(SavedReport.self, "saved_reports r join users u on u.id = r.user_id")
            try await check(
                MovementHistory.Movement.self,
                """
                stock_movements m join stock_items i on i.id = m.stock_item_id join warehouses w on w.id = m.warehouse_id
                """)
            try await check(
                Place.Stored.self,
                "projects p join clients c on c.id = p.client_id left join tasks t on t.project_id = p.id")
            try await check(EntryRow.self, "time_entries e \(TimeEntry.joins) where e.user_id = $1", [.int(1), zone])
            let state = try #require(try await db.execute(Statement("select \(SystemState.selected)")).first)
            #expect(try SystemState(state).deliveryLag == 0)
        }
    }
}
