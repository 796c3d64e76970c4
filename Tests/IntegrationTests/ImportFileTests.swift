import Foundation
import Testing

/// Import files as other programs and other languages write them (behaviour.md §6.1, §6.3).
@Suite struct ImportFileTests {
    private static func send(
        _ bytes: [UInt8], to server: TestServer, token: String? = nil, query: String = "", key: String? = nil
    ) async throws -> HTTPReply {
        let head =
            "POST /api/v1/time-entries/import-csv\(query) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + (key.map { "Idempotency-Key: \($0)\r\n" } ?? "")
            + "X-API-Key: \(token ?? server.token)\r\nContent-Type: text/csv\r\nContent-Length: \(bytes.count)\r\n\r\n"
        return try await blocking {
            let connection = try server.connect()
            try connection.send(Array(head.utf8) + bytes)
            return try connection.receive()
        }
    }

    private static func send(
        _ text: String, to server: TestServer, token: String? = nil, query: String = "", key: String? = nil
    ) async throws -> HTTPReply {
        try await send(Array(text.utf8), to: server, token: token, query: query, key: key)
    }

    /// U+0130 has another lower case in Swift than in PostgreSQL.
    @Test func namesAreTheSameWhenTheDatabaseSaysSo() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.post("/api/v1/clients", #"{"name":"İnşaat"}"#)
            let csv = """
                project_name,client_name,task_name,start_time,end_time,tags
                P,İnşaat,İş,2024-01-01 09:00,2024-01-01 10:00,İş
                P,i\u{307}nşaat,,2024-01-01 10:00,2024-01-01 11:00,
                p,İNŞAAT,İş,2024-01-01 11:00,2024-01-01 12:00,
                E\u{301}te\u{301},Acme,Bru\u{302}le\u{301},2024-01-01 12:00,2024-01-01 13:00,
                ÉTÉ,acme,BRÛLÉ,2024-01-01 13:00,2024-01-01 14:00,
                """
            let same = try server.sql("select lower(normalize('İ', nfc)) = lower(normalize(E'i\\u0307', nfc))") == "t"
            let report = try await Self.send(csv, to: server)
            #expect(report.status == 200)
            #expect(report.json["created"].int == 5)
            #expect(report.json["created_clients"].int == (same ? 1 : 2))
            #expect(try server.sql("select count(*) from clients where name = 'İnşaat'") == "1")
            #expect(try server.sql("select count(*) from tasks where name = 'İş'") == "1")
            #expect(
                try server.sql(
                    "select count(*) from projects p join clients c on c.id = p.client_id where c.name = 'Acme'") == "1"
            )
            #expect(try server.sql("select count(*) from tasks where name like 'Br%'") == "1")
            let found = try await server.get("/api/v1/time-entries?tag=%C4%B0%C5%9F").json
            #expect(found["pagination"]["total"].int == 1)

            // A name that is taken in another spelling is refused with the field, and the same import makes nothing new.
            #expect(try await server.post("/api/v1/clients", #"{"name":"ACME"}"#).json["errors"].keys == ["name"])
            let client = try server.sql("select id from clients where name = 'Acme'")
            let taken = try await server.post("/api/v1/projects", #"{"name":"été","client_id":\#(client)}"#)
            #expect(taken.status == 400)
            #expect(taken.json["errors"].keys == ["name"])
            #expect(try await Self.send(csv, to: server).json["created_projects"].int == 0)
        }
    }

    @Test func badRowsDontTakeOthersWithThem() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let csv = """
                project_id,start_time,end_time,notes
                \(project),2024-01-01 09:00,2024-01-01 10:00,"never closed
                \(project),14/04/2023 9:00,14/04/2023 10:00,"a, b"
                \(project),2023-04-14 9:00:00,2023-04-14 11:30:00.5,
                \(project),05/04/2023 1:00 PM,05/04/2023T14:00,
                \(project),04/15/2023 9:00,04/15/2023 10:00,
                """
            let report = try await Self.send(csv, to: server)
            #expect(report.status == 200)
            #expect(report.json["created"].int == 3)
            #expect(report.json["errors"].array.map { $0["row"].int } == [2, 6])
            #expect(report.json["errors"][0]["error"].string == "a quote is never closed")
            let starts = try server.sql(
                "select string_agg(to_char(start_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), ',' order by id) from time_entries"
            )
            #expect(starts == "2023-04-14 09:00,2023-04-14 09:00,2023-04-05 13:00")
            let header = try await Self.send("project_id,\"start_time\n1,2024-01-01", to: server)
            #expect(header.status == 400)
        }
    }

    @Test func encodingsAndDelimiters() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Café")
            let csv = "project_name,start_time,end_time,notes\nCafé,2024-01-01 09:00,2024-01-01 10:00,déjà\n"
            let utf16 = Array(csv.utf16)
            let files: [[UInt8]] = [
                Array(csv.utf8), [0xEF, 0xBB, 0xBF] + Array(csv.utf8),
                [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
                [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
                csv.unicodeScalars.map { UInt8($0.value) },
                Array(("sep=;\r\n" + csv.replacing(",", with: ";")).utf8),
            ]
            for file in files {
                let report = try await Self.send(file, to: server)
                #expect(report.json["created"].int == 1)
                #expect(report.json["created_projects"].int == 0)
            }
            #expect(try server.sql("select count(*) from time_entries where notes = 'déjà'") == "\(files.count)")
        }
    }

    @Test func aDryRunStoresNothing() async throws {
        try await TestServer.with(workers: 1) { server in
            let csv = """
                project_name,start_time,end_time,Mood
                New,2024-01-01 09:00,2024-01-01 10:00,good
                New,2024-01-01 10:00,2024-01-01 09:00,bad
                """
            let dry = try await Self.send(csv, to: server, query: "?dry_run=true")
            #expect(dry.status == 200)
            #expect(dry.json["created"].int == 1)
            #expect(dry.json["created_projects"].int == 1)
            #expect(dry.json["created_ids"] == .array([]))
            #expect(dry.json["dry_run"].bool == true)
            #expect(dry.json["warnings"] == .array([.string("Column 'Mood' is ignored")]))
            #expect(dry.json["errors"][0]["row"].int == 3)
            for table in ["time_entries", "projects", "clients", "entry_totals"] {
                #expect(try server.sql("select count(*) from \(table)") == "0", "\(table)")
            }
            let real = try await Self.send(csv, to: server, query: "?dry_run=false")
            #expect(real.json["created_ids"].array.count == 1)
            #expect(try await Self.send(csv, to: server, query: "?dry_run=maybe").json["errors"].keys == ["dry_run"])
        }
    }

    /// Neither a refused file nor a dry run uses the key up.
    @Test func aKeyStaysFreeUntilSomethingIsStored() async throws {
        try await TestServer.with(workers: 1) { server in
            let good = "project,client,start_time,end_time\nP,C,2024-01-01 09:00,2024-01-01 10:00\n"
            for (csv, query, status) in [("a,b\n1,2\n", "", 400), (good, "?dry_run=true", 200)] {
                let reply = try await Self.send(csv, to: server, query: query, key: "k")
                #expect(reply.status == status)
            }
            let real = try await Self.send(good, to: server, key: "k")
            #expect(real.status == 200 && real.header("idempotency-replayed") == nil)
            #expect(try server.sql("select count(*) from time_entries") == "1")
            let again = try await Self.send(good, to: server, key: "k")
            #expect(again.header("idempotency-replayed") == "true" && again.body == real.body)
        }
    }

    /// Somebody commits the client that the file names between the lookup and the insert.
    @Test func aDryRunMayBeASecondAttempt() async throws {
        try await TestServer.with(workers: 1) { server in
            async let twin = blocking {
                // Commits once somebody waits for it.
                try server.sql(
                    """
                    begin;
                    insert into clients (name) values ('Twin');
                    do $$ begin
                        for attempt in 1..1000 loop
                            perform pg_stat_clear_snapshot();
                            exit when exists (select from pg_stat_activity
                                              where datname = current_database() and wait_event_type = 'Lock');
                            perform pg_sleep(0.01);
                        end loop;
                    end $$;
                    commit
                    """)
            }
            let sleeping =
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
            #expect(try await waitAsync(for: 10) { try server.sql(sleeping) == "1" })
            let csv = "project,client,start_time,end_time\nP,Twin,2024-01-01 09:00,2024-01-01 10:00\n"
            let dry = try await Self.send(csv, to: server, query: "?dry_run=true")
            _ = try await twin
            #expect(dry.status == 200 && dry.json["created"].int == 1 && dry.json["created_clients"].int == 0)
            #expect(try server.sql("select count(*) from time_entries") == "0")
        }
    }

    @Test func rowsOfOtherUsers() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let ann = try server.makeUser("ann")
            _ = try server.makeUser("ben")
            try server.sql("update users set email = 'Ann@Example.com' where username = 'ann'")
            let times = "2024-01-01 09:00,2024-01-01 10:00"
            let csv = """
                project_id,start_time,end_time,Email,User
                \(project),\(times),ann@example.com,Ann Smith
                \(project),\(times),,ANN
                \(project),\(times),nobody@example.com,ben
                \(project),\(times),,nobody
                \(project),\(times),,
                """
            let own = try await Self.send(csv, to: server, token: ann)
            #expect(own.json["created"].int == 3)
            #expect(own.json["errors"].array.map { $0["row"].int } == [4, 5])
            #expect(own.json["errors"][0]["error"].string == own.json["errors"][1]["error"].string)
            let all = try await Self.send(csv, to: server)
            #expect(all.json["created"].int == 4)
            #expect(all.json["errors"][0]["error"].string == "user 'nobody' does not exist")
            let counts = """
                select string_agg(username || n, ',' order by username) from (
                    select u.username, count(*) as n from time_entries e join users u on u.id = e.user_id group by 1) c
                """
            #expect(try server.sql(counts) == "admin1,ann5,ben1")
        }
    }

    /// As many rows, fields and bytes as a file may have.
    @Test func theLargestFile() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Alpha")
            let more = (0..<196).map { ",c\($0)" }.joined()
            let fields = String(repeating: ",x", count: 196)
            let notes = String(repeating: "n", count: 1220)
            var csv = "project_name,start_time,duration_hours,notes\(more)\n"
            for row in 0..<10_000 {
                csv += "Alpha,\(1 + row % 28)/1/2024 \(row % 24):00,0.25,\(notes)\(row)\(fields)\n"
            }
            #expect((15 << 20...16 << 20).contains(csv.utf8.count))
            let file = Array(csv.utf8)
            var report: HTTPReply?
            let time = try await ContinuousClock().measure { report = try await Self.send(file, to: server) }
            #expect(report?.status == 200)
            #expect(report?.json["created"].int == 10_000)
            #expect(report?.json["warnings"].array.count == 50)
            #expect(time < .seconds(25))
        }
    }

    /// 100 rows each in the shape of the products' exports.
    @Test(arguments: ExportFile.all)
    func exportsOfProducts(_ file: ExportFile) async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try server.makeUser("ann")
            try server.sql("update users set email = 'ann@example.com' where username = 'ann'")
            let report = try await Self.send(file.text, to: server)
            #expect(report.status == 200)
            #expect(report.json["created"].int == 100)
            #expect(report.json["failed"].int == 0)
            #expect(report.json["created_clients"].int == 5)
            #expect(report.json["created_projects"].int == 10)
            #expect(report.json["created_tasks"].int == file.tasks)
            #expect(
                report.json["warnings"].array.compactMap(\.string) == file.ignored.map { "Column '\($0)' is ignored" })
            let stored = try server.sql(
                """
                select count(*), sum(duration_seconds), count(*) filter (where billable), min(start_time at time zone 'UTC'),
                       max(end_time at time zone 'UTC'), count(distinct notes), count(*) filter (where u.username = 'ann')
                from time_entries e join users u on u.id = e.user_id
                """)
            #expect(stored == file.stored)
            // Entries of a user never overlap in these files.
            let overlaps = """
                select count(*) from time_entries a join time_entries b
                on a.user_id = b.user_id and a.id < b.id and a.start_time < b.end_time and b.start_time < a.end_time
                """
            #expect(try server.sql(overlaps) == "0")
        }
    }
}
