import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// Whatever a list of time entries is filtered by, it says what reading all entries would say.
struct EntryListQueryTests {
    private static let admin = principal(userID: 1, isAdmin: true)
    private static let member = principal(userID: 2, isAdmin: false)

    /// Values of each parameter, and what they mean over `time_entries e`. The first of each means nothing.
    private static let parameters: [[(query: String, condition: String)]] = [
        [("", "true"), ("", "true"), ("user_id=2", "e.user_id = 2")],
        [
            ("", "true"), ("", "true"), ("", "true"), ("project_id=1", "e.project_id = 1"),
            ("project_id=3", "e.project_id = 3"), ("task_id=2", "e.task_id = 2"), ("client_id=1", "e.client_id = 1"),
        ],
        [("", "true"), ("", "true"), ("billable=true", "e.billable"), ("billable=false", "not e.billable")],
        [("", "true"), ("", "true"), ("paid=true", "e.paid"), ("paid=false", "not e.paid")],
        [
            ("", "true"), ("", "true"), ("tag=A", tagged("a")), ("tag=%20e%CC%81%20", tagged("\u{E9}")),
            ("tag=rare", tagged("rare")), ("tag=a,b", "false"),
        ],
        [
            ("", "true"), ("", "true"), ("start_date=2024-01-10", "e.start_time >= '2024-01-09T23:00:00Z'"),
            ("start_date=2024-02-03T04:05:06Z", "e.start_time >= '2024-02-03T04:05:06Z'"),
            ("start_date=2024-01-15T00:00:00Z", "e.start_time >= '2024-01-15T00:00:00Z'"),
        ],
        [
            ("", "true"), ("", "true"), ("end_date=2024-02-03", "e.start_time < '2024-02-03T23:00:00Z'"),
            ("end_date=2024-02-03T09:05:06Z", "e.start_time <= '2024-02-03T09:05:06Z'"),
            ("end_date=2024-01-15T00:00:00Z", "e.start_time <= '2024-01-15T00:00:00Z'"),
        ],
        [("", "e.end_time is not null"), ("include_active=true", "true")],
        [("page=1", ""), ("page=2", ""), ("page=30", ""), ("page=55", ""), ("page=9223372036854775807", "")],
    ]

    @Test func listsSayWhatReadingEverythingSays() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await fill(db)
            var generator = Generator(seed: 8)
            var found = 0
            for round in 0..<400 {
                let isAdmin = generator.number(below: 4) > 0
                let chosen = Self.parameters.map { $0[generator.number(below: $0.count)] }
                let query = (chosen.map(\.query) + ["per_page=50"]).filter { !$0.isEmpty }.joined(separator: "&")
                guard isAdmin || !query.contains("user_id") else { continue }
                var conditions = chosen.map(\.condition).dropLast()
                if !isAdmin { conditions.append("e.user_id = 2") }
                let condition = conditions.joined(separator: " and ")
                var parameters = QueryParameters(query)
                let filter = try TimeEntryList.Filter(&parameters, isAdmin ? Self.admin : Self.member)
                let page = parameters.page()
                let statement = EntryListQuery(filter: filter, zone: "Europe/Berlin").statement(page)
                let (entries, pagination) = PageQuery.read(
                    try await db.query(statement), page, as: TimeEntry.self)
                let ids = try entries.all().map(\.id.number)
                found += ids.count
                let total = try await db.integer("select count(*) from time_entries e where \(condition)")
                #expect(pagination.total == total, "round \(round): \(query)")
                let expected = try await db.execute(
                    Statement(
                        """
                        select e.id from time_entries e where \(condition)
                        order by e.start_time desc, e.id desc limit 50 offset \(min(page.offset, 1_000_000))
                        """))
                #expect(ids == expected.map { $0.int(0) }, "round \(round): \(query)")
            }
            #expect(found > 1000)
        }
    }

    private static func tagged(_ key: String) -> String {
        "exists (select from regexp_split_to_table(e.tags, ',') t where tag_key(t) = '\(key)')"
    }

    private static func principal(userID: Int64, isAdmin: Bool) -> Principal {
        Principal(
            tokenID: 1, userID: userID, username: "u", fullName: nil, role: isAdmin ? .admin : .user, isAdmin: isAdmin,
            scopes: Scopes("*"), rounding: RoundingPreference(isEnabled: false, minutes: 1, method: .nearest))
    }

    /// 5,000 entries over two months, several at the same time, a few of them running timers.
    private func fill(_ db: PostgresClient) async throws {
        for sql in [
            "insert into users (username) select 'user' || n from generate_series(1, 3) n",
            "insert into clients (name) values ('Acme')",
            "insert into projects (name, client_id) select 'Project ' || n, 1 from generate_series(1, 4) n",
            "insert into tasks (name, project_id, created_by) select 'Task ' || n, (n + 1) / 2, 1 from generate_series(1, 8) n",
            """
            insert into time_entries (user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds,
                                      billable, paid, tags)
            select 1 + h % 3, project, case when project is null then 1 end,
                   case when h % 5 = 0 then project * 2 - h % 2 end, t,
                   case when n % 700 > 0 then t + interval '10 minutes' end, case when n % 700 > 0 then 600 end,
                   h % 7 > 1, h % 11 = 0,
                   (array[null, null, 'A, b', 'b,a ', 'e' || u&'\\0301' || ',x', u&'\\00C9', 'other'])[1 + h % 7]
                       || case when n % 1000 = 0 then ',Rare' else '' end
            from generate_series(1, 5000) n, lateral (select abs(hashint8(n)) as h) x,
                 lateral (select timestamptz '2024-01-05T00:00:00Z' + (n / 3) * interval '51 minutes' as t,
                                 case when h % 13 > 0 then 1 + h % 4 end as project) y
            """,
            "vacuum analyze",
        ] {
            _ = try await db.execute(Statement(sql))
        }
    }

    /// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    private struct Generator {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func number(below limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(limit))
        }
    }
}
