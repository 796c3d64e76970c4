import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// `entry_totals` always says what the entries say.
struct EntryTotalsTests {
    /// Everything by which the kept sums differ from sums over the entries; an owner without entries may have zeros.
    private static let differences = """
        with kept as (
            select kind::text, owner_id, sum(seconds) as seconds, sum(billable_seconds) as billable_seconds,
                   sum(completed) as completed, sum(running) as running
            from entry_totals group by kind, owner_id
        ), counted as (
            select k.kind, k.owner_id, sum(coalesce(e.duration_seconds, 0)) as seconds,
                   coalesce(sum(e.duration_seconds) filter (where e.billable), 0) as billable_seconds,
                   count(e.end_time) as completed, count(*) - count(e.end_time) as running
            from time_entries e,
                 lateral (values ('a', 0), ('p', e.project_id), ('t', e.task_id), ('u', e.user_id),
                                 ('d', (date(e.start_time at time zone 'UTC') - date '1970-01-01') * 4
                                       + case when e.billable then 2 else 0 end + case when e.paid then 1 else 0 end),
                                 ('m', to_char(e.start_time at time zone 'UTC', 'YYYY')::bigint * 12 * 1099511627776
                                       + to_char(e.start_time at time zone 'UTC', 'MM')::bigint * 1099511627776
                                       + coalesce(e.project_id, 0)))
                     as k (kind, owner_id)
            where k.owner_id is not null
            group by k.kind, k.owner_id
        )
        select count(*) from kept full join counted using (kind, owner_id)
        where (coalesce(kept.seconds, 0), coalesce(kept.billable_seconds, 0),
               coalesce(kept.completed, 0), coalesce(kept.running, 0))
           is distinct from
              (coalesce(counted.seconds, 0), coalesce(counted.billable_seconds, 0),
               coalesce(counted.completed, 0), coalesce(counted.running, 0))
        """

    /// The same for the tags of entries, and for their counts.
    private static let tagDifferences = """
        with tags as (
            select distinct tag_key(t.tag) collate "C" as tag, e.start_time, e.id as entry_id, e.user_id, e.billable, e.paid,
                   e.end_time is not null as completed
            from time_entries e, regexp_split_to_table(e.tags, ',') as t (tag)
            where tag_key(t.tag) <> ''
        ), kept as (
            select tag, user_id, sum(completed) as completed, sum(running) as running
            from entry_tag_totals group by tag, user_id
        ), counted as (
            select tag, user_id, count(*) filter (where completed) as completed,
                   count(*) filter (where not completed) as running
            from tags group by tag, user_id
        )
        select (select count(*) from ((table tags except table entry_tags) union all (table entry_tags except table tags)) d)
               + (select count(*) from kept full join counted using (tag, user_id)
                  where (coalesce(kept.completed, 0), coalesce(kept.running, 0))
                     is distinct from (coalesce(counted.completed, 0), coalesce(counted.running, 0)))
        """

    private static func expectNoDifference(_ db: PostgresClient, _ comment: Comment = "") async throws {
        #expect(try await db.integer(differences) == 0, comment)
        #expect(try await db.integer(tagDifferences) == 0, comment)
    }

    @Test(arguments: [1, 2, 3])
    func sumsStayRightUnderRandomWork(seed: UInt64) async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            var work = RandomWork(seed: seed)
            for round in 0..<20 {
                for _ in 0..<15 { _ = try await db.execute(work.next()) }
                if round % 3 == 0 { try await Self.fold(db, atMost: 20) }
                try await Self.expectNoDifference(db, "round \(round)")
            }
            #expect(try await db.integer("select count(*) from entry_tags") > 0)
            _ = try await db.execute(Statement("select time_entries_recount()"))
            try await Self.expectNoDifference(db, "after a recount")
            #expect(try await db.integer("select count(*) from entry_deltas") == 0)
            _ = try await db.execute(Statement("delete from time_entries"))
            try await Self.expectNoDifference(db)
            #expect(try await db.integer("select count(*) from entry_tags") == 0)
            #expect(try await db.integer("select sum(completed + running + seconds)::bigint from entry_totals") == 0)
        }
    }

    /// Many writers on the same few projects, each on its own entries, while others fold: no one fails.
    @Test func sumsStayRightUnderConcurrentWork() async throws {
        try await ScratchDatabase.with(.migrated, poolSize: 16) { db async throws in
            try await prepare(db)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<14 { group.addTask { try await Self.write(db, seed: UInt64(100 + writer)) } }
                for _ in 0..<2 { group.addTask { for _ in 0..<40 { try await Self.fold(db, atMost: 5) } } }
                group.addTask {
                    for _ in 0..<10 {
                        do {
                            _ = try await db.execute(Statement("select compact_entry_deltas(1)"))
                        } catch let error as PostgresError where error.code == .lockTimeout {}
                    }
                }
                try await group.waitForAll()
            }
            try await Self.expectNoDifference(db, "while rows are pending")
            try await Self.fold(db, atMost: 100_000)
            try await Self.expectNoDifference(db, "when all are folded")
            #expect(try await db.integer("select count(*) from entry_deltas") == 0)
            #expect(try await db.integer("select count(*) from time_entries") > 0)
        }
    }

    /// Transactions of several inserts, in any order of projects, wait for each other but never deadlock.
    @Test func importsNeverDeadlock() async throws {
        try await ScratchDatabase.with(.migrated, poolSize: 16) { db async throws in
            try await prepare(db)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        var work = RandomWork(seed: UInt64(200 + writer))
                        for _ in 0..<5 {
                            let inserts = (0..<8).map { _ in work.insert() }
                            _ = try await db.atomically(inserts)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await Self.expectNoDifference(db)
            #expect(try await db.integer("select count(*) from time_entries") == 16 * 5 * 8)
        }
    }

    /// The process that folds may die or be killed in the middle: what it did not commit is still to be folded.
    @Test func aFoldThatIsRolledBackChangesNothing() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            var work = RandomWork(seed: 5)
            for _ in 0..<30 { _ = try await db.execute(work.insert()) }
            await #expect(throws: TakenBack.self) {
                try await db.transaction { tx in
                    _ = try await tx.query(Statement("select fold_entry_deltas(10)"))
                    throw TakenBack()
                }
            }
            #expect(try await db.integer("select count(*) from entry_totals_folded") == 0)
            try await Self.expectNoDifference(db)
        }
    }

    @Test func aLargeTableIsMadeAnew() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            var work = RandomWork(seed: 6)
            for _ in 0..<30 { _ = try await db.execute(work.insert()) }
            #expect(try await db.integer("select compact_entry_deltas(1000000)::int") == 0)
            #expect(try await db.integer("select count(*) from entry_deltas") > 0)
            #expect(try await db.integer("select compact_entry_deltas(1)::int") == 1)
            #expect(try await db.integer("select pg_relation_size('entry_deltas')") == 0)
            try await Self.expectNoDifference(db)
        }
    }

    @Test func readersAddWhatIsNotFolded() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            var work = RandomWork(seed: 7)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for statement in (0..<60).map({ _ in work.insert() }) {
                    group.addTask { _ = try await db.execute(statement) }
                }
                try await group.waitForAll()
            }
            let billable = "coalesce(sum(duration_seconds) filter (where billable), 0)"
            let joins = [
                (EntryTotals.joins(ofProject: "o.id"), "project_id"), (EntryTotals.joins(ofTask: "o.id"), "task_id"),
            ]
            for (joins, column) in joins {
                let totals = "select \(EntryTotals.columns) from (select 2::bigint as id) o \(joins)"
                let kept = try #require(try await db.execute(Statement(totals)).first)
                let naive = try #require(
                    try await db.execute(
                        Statement(
                            "select coalesce(sum(duration_seconds), 0), \(billable) from time_entries where \(column) = 2"
                        )
                    ).first)
                #expect((kept.int(0), kept.int(1)) == (naive.int(0), naive.int(1)))
            }
            for userID in [nil, Int64(1)] {
                var sql = SQL()
                let expression = EntryCounts.expression(userID: userID, includesRunning: true, in: &sql)
                let count = try await db.execute(Statement("select (\(expression))::bigint", sql.parameters)).first?
                    .int(0)
                let filter = userID.map { "where user_id = \($0)" } ?? ""
                #expect(try await db.integer("select count(*) from time_entries \(filter)") == count)
            }
        }
    }

    private static func fold(_ db: PostgresClient, atMost count: Int64) async throws {
        _ = try await db.execute(Statement("select fold_entry_deltas($1::int)", [.int(count)]))
    }

    /// Three users, four projects (two tasks each) of one client.
    private func prepare(_ db: PostgresClient) async throws {
        for sql in [
            "insert into users (username) select 'user' || n from generate_series(1, 3) n",
            "insert into clients (name) values ('Acme')",
            "insert into projects (name, client_id) select 'Project ' || n, 1 from generate_series(1, 4) n",
            "insert into tasks (name, project_id, created_by) select 'Task ' || n, (n + 1) / 2, 1 from generate_series(1, 8) n",
        ] {
            _ = try await db.execute(Statement(sql))
        }
    }

    private struct TakenBack: Error {}

    /// Single statements, and now and then a transaction of several, some of which are rolled back.
    private static func write(_ db: PostgresClient, seed: UInt64) async throws {
        var work = RandomWork(seed: seed)
        for step in 0..<30 {
            let statements = [work.next(), work.insert()]
            guard step % 3 == 0 else {
                for statement in statements { _ = try await db.execute(statement) }
                continue
            }
            do {
                try await db.transaction { tx in
                    for statement in statements { _ = try await tx.query(statement) }
                    if step % 2 == 0 { throw TakenBack() }
                }
            } catch is TakenBack {}
        }
    }
}
