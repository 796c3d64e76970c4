import NIOCore
import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// One declaration of a model's columns selects, reads and writes them; what doesn't fit is an error and no default.
@Suite struct RowModelTests {
    private struct Tag: RowModel, Equatable {
        enum Colour: String, ColumnValue { case red, blue }

        var id: ID<Tag> = .none
        @RowText var name = ""
        @NullableRowText var note: String?
        var colour = Colour.red
        var price = Money.zero
        var uses: Int64 = 0
        var madeAt = Instant.none

        /// As JSON.
        var writtenName: ByteBuffer { Reply.json { $0.value(_name) }.body }

        static func == (one: Tag, other: Tag) -> Bool {
            one.id == other.id && one.name == other.name && one.note == other.note && one.colour == other.colour
                && one.price == other.price && one.uses == other.uses && one.madeAt == other.madeAt
        }

        static let table = "tags"
        static let alias = "g"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ tag: inout Tag) {
            row.key("id", &tag.id)
            row.column("name", &tag._name)
            row.column("note", &tag._note, read: "nullif(g.note, '')", write: "lower")
            row.column("colour", &tag.colour)
            row.fixed("price", &tag.price)
            row.computed("(select count(*) from tags)", &tag.uses)
            row.stored("made_at", &tag.madeAt)
        }
    }

    private static let table = Statement(
        """
        create temporary table tags (
            id bigint primary key generated always as identity, name text, note text, colour text, price numeric(10, 2),
            made_at timestamptz not null default '2000-01-01 00:00:01Z', updated_at timestamptz)
        """)

    @Test func oneDeclarationSelectsReadsAndWrites() async throws {
        #expect(
            Tag.selected
                == "g.id, g.name, nullif(g.note, ''), g.colour, g.price, (select count(*) from tags), g.made_at")
        try await ScratchDatabase.with(poolSize: 1) { db in
            try await db.transaction { tx in
                _ = try await tx.query(Self.table)
                var tag = Tag(
                    name: "one", note: NullableRowText(wrappedValue: "LOUD"), colour: .blue, price: Money(12_34))
                try tag.reread(try #require(try await tx.query(tag.writing()).first))
                #expect(tag.id == ID(1) && tag.madeAt == Instant(1_000_000))
                tag.name = "two"
                // Written once only.
                tag.price = .zero
                _ = try await tx.query(tag.writing())
                let read = try Tag(
                    try #require(try await tx.query(Statement("select \(Tag.selected) from tags g")).first))
                let expected = Tag(
                    id: ID(1), name: "two", note: NullableRowText(wrappedValue: "loud"), colour: .blue,
                    price: Money(12_34), uses: 1,
                    madeAt: Instant(1_000_000))
                #expect(read == expected)
            }
        }
    }

    @Test func borrowedTextsAreTheSame() async throws {
        let texts = ["", "a", "Größer als fünfzehn Bytes – „so“", String(repeating: "x", count: 100_000)]
        try await ScratchDatabase.with(poolSize: 1) { db in
            for text in texts {
                let copy: String
                do {
                    let rows = try await db.query(
                        Statement(
                            "select 1::bigint, $1::text, null::text, 'red', 0::numeric, 0::bigint, now()", [.text(text)]
                        ))
                    let tag = try ModelRows<Tag>(rows).borrowed(at: 0)
                    #expect(tag.note == nil)
                    #expect(tag.writtenName == Reply.json { $0.value(text) }.body)
                    copy = tag.name
                    withExtendedLifetime(rows) {}
                }
                // The rows are gone.
                #expect(copy == text)
            }
        }
    }

    /// In builds for release too.
    @Test func whatDoesNotFitIsAnError() async throws {
        let good = ["1::bigint", "'a'", "null::text", "'red'", "1.5::numeric", "2::bigint", "now()"]
        let bad: [(column: Int, value: String, message: String)] = [
            (0, "'1'::text", "unexpected type 25 of column id of tags"),
            // As long as the right one.
            (0, "now()", "unexpected type 1184 of column id of tags"),
            (1, "null::text", "unexpected null in column name of tags"),
            (2, "7", "unexpected type 23 of column note of tags"),
            (3, "'green'", "unexpected value in column colour of tags"),
            (4, "null::numeric", "unexpected null in column price of tags"),
            (4, "'NaN'::numeric", "unexpected value in column price of tags"),
            (5, "null::bigint", "unexpected null in column (select count(*) from tags) of tags"),
            (6, "5::bigint", "unexpected type 20 of column made_at of tags"),
        ]
        try await ScratchDatabase.with(poolSize: 1) { db in
            func read(_ values: [String]) async throws -> Tag {
                let rows = try await db.execute(Statement("select \(values.joined(separator: ", "))"))
                return try Tag(try #require(rows.first))
            }
            func borrow(_ values: [String]) async throws {
                let rows = try await db.execute(Statement("select \(values.joined(separator: ", "))"))
                _ = try ModelRows<Tag>(rows).borrowed(at: 0)
            }
            #expect(try await read(good).price == Money(150))
            try await borrow(good)
            for (column, value, message) in bad {
                var values = good
                values[column] = value
                let error = await #expect(throws: RowDecodingError.self) { try await read(values) }
                #expect(error?.description == message)
                let other = await #expect(throws: RowDecodingError.self) { try await borrow(values) }
                #expect(other?.description == message)
            }
            // A null in a later row.
            let rows = try await db.execute(
                Statement(
                    "select 1::bigint, n, null::text, 'red', 1::numeric, 2::bigint, now() from unnest(array['a', null]) n"
                ))
            #expect(throws: RowDecodingError.self) { try ModelRows<Tag>(rows).all() }
            #expect(try Tag(rows[0]).name == "a")
        }
    }

    /// Every model's columns are those of the schema, with its types.
    @Test func modelsFitTheSchema() async throws {
        try await ScratchDatabase.with(.migrated) { db in
            func check<Model: RowProjection>(_: Model.Type, _ source: String? = nil) async throws {
                let source = source ?? "\(Model.table) \(Model.alias)"
                let rows = try await db.execute(Statement("select \(Model.selected) from \(source) where false"))
                do { try Model.check(rows) } catch { Issue.record(error) }
            }
            func check<Model: StoredObject>(object _: Model.Type) async throws {
                try await check(Model.self, "\(Model.table) \(Model.alias) \(Model.joins)")
            }
            for model in PlainResources.models { try await check(object: model) }
            try await check(Webhook.self)
            try await check(WebhookDelivery.self)
            try await check(WebhookDeliveryWithPayload.self)
            try await check(
                User.self,
                "users u, (select ''::text as date_format, ''::text as time_format, ''::text as timezone) standard")
            try await check(
                Quote.self, "quotes q left join clients c on c.id = q.client_id \(LocalDay.join(zone: "'UTC'"))")
            try await check(QuoteItem.self)
            try await check(TimeEntry.self, "time_entries e \(TimeEntry.joins)")
            var sql = SQL("select \(TaskItem.selected) from tasks t ")
            sql.add(TaskItem.joins(zone: "UTC", in: &sql) + " where false")
            try TaskItem.check(try await db.execute(sql.statement))
            try await check(WarehouseStock.self)
            try await check(StockMovement.self)
            try await check(StockTransfer.self, StockTransfer.tables)
            try await check(
                StockLevel.self,
                """
                warehouse_stock s join warehouses w on w.id = s.warehouse_id join stock_items i on i.id = s.stock_item_id
                \(StockItem.joins)
                """)
            try await check(
                LowStock.self,
                "stock_items i join warehouse_stock s on s.stock_item_id = i.id join warehouses w on w.id = s.warehouse_id"
            )
        }
    }
}
