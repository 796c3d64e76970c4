import Foundation
import Testing

/// CSV import and bulk changes (behaviour.md §5.8, §6).
@Suite struct ImportTests {
    private static let path = "/api/v1/time-entries/import-csv"

    private static func send(
        _ text: String, type: String = "text/csv", to server: TestServer, token: String? = nil, key: String? = nil
    ) async throws -> HTTPReply {
        var headers = ["Content-Type": type, "Content-Length": "\(text.utf8.count)"]
        headers["Idempotency-Key"] = key
        let head = headers.map { "\($0): \($1)\r\n" }.joined()
        return try await server.exchange(
            "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: \(token ?? server.token)\r\n\(head)\r\n\(text)"
        )
    }

    @Test func namesAreFoundOrMade() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let csv = """
                \u{FEFF}project_name,client_name,task_name,start_time,end_time,duration_hours,notes,tags,billable\r
                 alpha ,,Design,2026-01-05 09:00,2026-01-05 10:30,,"Said ""hi"", left",b;a,yes\r
                Beta,Gamma,,2026-01-06T09:00:00+02:00,,1.5,,,\r

                Beta,gamma,,05/01/2026 14:00,05/01/2026 15:00,,"two
                lines",,no
                New,,,31/12/2025,31/12/2025 8:00,,,,
                """
            let report = try await Self.send(csv, to: server)
            #expect(report.status == 200)
            #expect(report.json["success"].bool == true)
            #expect(report.json["created"].int == 4)
            #expect(report.json["total"].int == 4)
            #expect(report.json["failed"].int == 0)
            #expect(report.json["created_clients"].int == 2)
            #expect(report.json["created_projects"].int == 2)
            #expect(report.json["created_tasks"].int == 1)
            let ids = report.json["created_ids"].array.compactMap(\.int)
            let first = try await server.get("/api/v1/time-entries/\(ids[0])").json["time_entry"]
            #expect(first["project_id"].int == project)
            #expect(first["task"].string == "Design")
            #expect(first["notes"].string == #"Said "hi", left"#)
            #expect(first["tags"].string == "b, a")
            #expect(first["source"].string == "import")
            let second = try await server.get("/api/v1/time-entries/\(ids[1])").json["time_entry"]
            #expect(second["start_time"].string == "2026-01-06T07:00:00Z")
            #expect(second["duration_seconds"].int == 5400)
            #expect(second["billable"].bool == true)
            let third = try await server.get("/api/v1/time-entries/\(ids[2])").json["time_entry"]
            #expect(third["start_time"].string == "2026-01-05T14:00:00Z")
            #expect(third["notes"].string == "two\nlines")
            #expect(third["billable"].bool == false)
            let fourth = try await server.get("/api/v1/time-entries/\(ids[3])").json["time_entry"]
            #expect(fourth["start_time"].string == "2025-12-31T00:00:00Z")
            #expect(try server.sql("select string_agg(name, ',' order by id) from clients") == "C Alpha,Gamma,New")
            #expect(try server.sql("select status from tasks") == "in_progress")
            #expect(try server.sql("select count(*) from activities where entity_type = 'time_entry'") == "4")
        }
    }

    @Test func badRowsAreToldAndLeaveNothing() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let archived = try await server.makeProject("Old")
            _ = try await server.delete("/api/v1/projects/\(archived)")
            let long = String(repeating: "x", count: 5001)
            let times = "2026-01-05 09:00,2026-01-05 10:00"
            let rows: [(String, String)] = [
                (",,,,,\(times),,,", "project_id is required"), ("x,,,,,\(times),,,", "project_id is not a valid id"),
                ("-1,,,,,\(times),,,", "project_id is not a valid id"),
                ("999,,,,,\(times),,,", "project_id 999 does not exist"),
                ("\(archived),,,,,\(times),,,", "project 'Old' is archived"),
                ("\(project),,,,,,2026-01-05 10:00,,,", "start_time is required"),
                ("\(project),,,,,yesterday,2026-01-05 10:00,,,", "start_time is not a valid date and time"),
                ("\(project),,,,,2026-13-05 09:00,2026-01-05 10:00,,,", "start_time is not a valid date and time"),
                ("\(project),,,,,31/02/2026 09:00,2026-01-05 10:00,,,", "start_time is not a valid date and time"),
                ("\(project),,,,,2026-01-05 25:00,2026-01-05 10:00,,,", "start_time is not a valid date and time"),
                ("\(project),,,,,2026-01-05 09:00,,,,", "end_time or duration_hours is required"),
                ("\(project),,,,,2026-01-05 09:00,later,,,", "end_time is not a valid date and time"),
                ("\(project),,,,,2026-01-05 09:00,2026-01-05 09:00,,,", "end_time must be after start_time"),
                ("\(project),,,,,2026-01-05 09:00,2026-01-04 09:00,,,", "end_time must be after start_time"),
                ("\(project),,,,,2026-01-05 09:00,,abc,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,,,2026-01-05 09:00,,0,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,,,2026-01-05 09:00,,-2,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,,,2026-01-05 09:00,,999999999,,", "duration_hours is out of range"),
                ("\(project),,,,,2026-01-05 09:00,,0x10,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,,,2026-01-05 09:00,,1e2,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,,,2026-01-05 09:00,,1:60,,", "duration_hours is not a valid duration"),
                ("\(project),,,,,2026-01-05 09:00,,nan,,", "duration_hours must be a number greater than 0"),
                ("\(project),,,77,,\(times),,,", "task_id 77 does not belong to the project"),
                ("\(project),,,x,,\(times),,,", "task_id is not a valid id"),
                ("\(project),,,,,\(times),,\(long),", "notes is longer than 5000 characters"),
                ("\(project),,,,,\(times),,,\(long)", "tags is longer than 500 characters"),
                (",\(long),,,,\(times),,,", "project_name is longer than 200 characters"),
                (",A,\(long),,,\(times),,,", "client_name is longer than 200 characters"),
                ("\(project),,,,\(long),\(times),,,", "task_name is longer than 200 characters"),
                (",Made,Made,,T,2026-01-05 09:00,2026-01-05 08:00,,,", "end_time must be after start_time"),
                ("9999999999999999999999,,,,,\(times),,,", "project_id is not a valid id"),
                ("\(project)", "start_time is required"),
                ("\(project),,,,,9999-12-31 09:00,,20000,,", "end_time is out of range"),
            ]
            let header =
                "project_id,project_name,client_name,task_id,task_name,start_time,end_time,duration_hours,notes,tags\n"
            let report = try await Self.send(header + rows.map { $0.0 + "\n" }.joined(), to: server)
            #expect(report.status == 400)
            #expect(report.json["success"].bool == false)
            #expect(report.json["created"].int == 0)
            #expect(report.json["failed"].int == rows.count)
            for (index, row) in rows.enumerated() {
                #expect(report.json["errors"][index]["row"].int == index + 2)
                #expect(report.json["errors"][index]["error"].string == row.1, "\(row.0.prefix(80))")
            }
            #expect(try server.sql("select count(*) from clients where name like 'Made%'") == "0")
            let mixed = try await Self.send(
                header + rows[0].0 + "\n\(project),,,,,\(times),,ok,\n" + rows[1].0, to: server)
            #expect(mixed.status == 200)
            #expect(mixed.json["created"].int == 1)
            #expect(mixed.json["errors"].array.map { $0["row"].int } == [2, 4])
        }
    }

    @Test func allWaysToSend() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let csv = "project;start;end\\nAlpha;2026-01-05 09:00;2026-01-05 10:00"
            for key in ["csv", "data"] {
                let reply = try await server.post(Self.path, #"{"\#(key)":"\#(csv)"}"#)
                #expect(reply.json["created"].int == 1)
            }
            let form = """
                --b0\r\nContent-Disposition: form-data; name="note"\r\n\r\nx\r\n--b0\r
                Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r
                project_id\tstart_time\tduration_hours
                \(project)\t2026-01-05 09:00\t2\r\n--b0--\r\n
                """
            let sent = try await Self.send(form, type: "multipart/form-data; boundary=\"b0\"", to: server)
            #expect(sent.json["created"].int == 1)
            #expect(try await Self.send("--b0--", type: "multipart/form-data; boundary=b0", to: server).status == 400)
            let empty = try await Self.send(" \n", to: server)
            #expect(empty.status == 400)
            #expect(empty.json["created"].int == 0)
            #expect(empty.json["errors"] == .array([]))
            #expect(try await Self.send("foo,bar\n1,2", to: server).status == 400)
            #expect(try await server.post(Self.path, #"{"csv":5}"#).status == 400)
            #expect(try await server.post(Self.path, "{").json["error_code"].string == "bad_request")
            let header = try await Self.send("project_id,start_time\n", to: server)
            #expect(header.status == 200)
            #expect(header.json["total"].int == 0)
            let many = "project_id,start_time,duration_hours\n" + String(repeating: "1,2026-01-05,1\n", count: 10_001)
            let refused = try await Self.send(many, to: server)
            #expect(refused.status == 413)
            #expect(refused.json["error_code"].string == "payload_too_large")
        }
    }

    @Test func rulesBindUsersNotAdministrators() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Alpha")
            let ann = try server.makeUser("ann")
            let contractor = try server.makeUser("con", role: "subcontractor")
            let viewer = try server.makeUser("vi", role: "viewer")
            let csv = """
                project_name,start_time,end_time
                Alpha,2026-01-05 09:00,2026-01-05 10:00
                Alpha,2026-01-05 09:30,2026-01-05 11:00
                Alpha,2026-01-05 10:00,2026-01-05 11:00
                """
            try server.cli("settings", "set", "prevent_overlapping_entries", "true")
            let isOn = try await waitAsync(for: 5) {
                let probe = #"{"project_id":1,"start_time":"2020-01-01T00:00:00Z","end_time":"2020-01-01T01:00:00Z"}"#
                return try await server.post("/api/v1/time-entries", probe).json["error_code"].string
                    == "overlapping_entry"
            }
            #expect(isOn)
            let report = try await Self.send(csv, to: server, token: ann)
            #expect(report.json["created"].int == 2)
            #expect(report.json["errors"][0]["row"].int == 3)
            #expect(try await Self.send(csv, to: server, token: ann).status == 400)
            #expect(try await Self.send(csv, to: server).json["created"].int == 3)
            #expect(try await Self.send(csv, to: server, token: contractor).status == 400)
            #expect(try await Self.send(csv, to: server, token: viewer).status == 403)
        }
    }

    @Test func tenThousandRowsAndAReplay() async throws {
        try await TestServer.with(workers: 1) { server in
            let rows = (0..<10_000).map {
                "Project \($0 % 50),Client \($0 % 10),2026-01-\(10 + $0 % 20) 08:00,\(1 + $0 % 8),note \($0)"
            }
            let csv = "project_name,client_name,start_time,duration_hours,notes\n" + rows.joined(separator: "\n")
            let report = try await Self.send(csv, to: server, key: "import-1")
            #expect(report.json["created"].int == 10_000)
            #expect(report.json["created_projects"].int == 50)
            let again = try await Self.send(csv, to: server, key: "import-1")
            #expect(again.json == report.json)
            #expect(try server.sql("select count(*), count(distinct id) from time_entries") == "10000|10000")
            #expect(
                try server.sql("select sum(completed), sum(seconds) from entry_totals where kind = 'a'")
                    == server.sql("select count(*), sum(duration_seconds) from time_entries"))
        }
    }

    @Test func bulk() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            var ids: [Int] = []
            for hour in 10..<13 {
                let body =
                    #"{"project_id":\#(project),"start_time":"2024-01-15T\#(hour):00:00Z","end_time":"2024-01-15T\#(hour):30:00Z","tags":"b, a"}"#
                ids.append(
                    try await server.post("/api/v1/time-entries", body).json["time_entry"]["id"].int ?? 0)
            }
            let running =
                try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).json["timer"]["id"].int
                ?? 0
            func bulk(_ ids: String, _ action: String, _ value: String? = nil, token: String? = nil) async throws
                -> HTTPReply
            {
                let value = value.map { #","value":\#($0)"# } ?? ""
                return try await server.post(
                    "/api/v1/time-entries/bulk", #"{"entry_ids":\#(ids),"action":"\#(action)"\#(value)}"#, token: token)
            }
            let tagged = try await bulk("[\(ids[0]),\"\(ids[1])\",\(ids[0]),\(running),999]", "add_tag", #""c""#)
            #expect(tagged.json == .object(["success": .bool(true), "affected": .number(2), "skipped": .number(2)]))
            #expect(
                try await server.get("/api/v1/time-entries/\(ids[0])").json["time_entry"]["tags"].string == "a, b, c")
            _ = try await bulk("\(ids)", "remove_tag", #""b""#)
            #expect(try await server.get("/api/v1/time-entries/\(ids[2])").json["time_entry"]["tags"].string == "a")
            _ = try await bulk("\(ids)", "set_paid", "true")
            _ = try await bulk("\(ids)", "set_billable", "false")
            let entry = try await server.get("/api/v1/time-entries/\(ids[1])").json["time_entry"]
            #expect(entry["paid"].bool == true)
            #expect(entry["billable"].bool == false)
            for (ids, action, value, field) in [
                ("[]", "delete", nil, "entry_ids"), ("[1.5]", "delete", nil, "entry_ids"),
                (#""x""#, "delete", nil, "entry_ids"), ("[1]", "explode", nil, "action"),
                ("[1]", "add_tag", #"" ""#, "value"), ("[1]", "add_tag", #""a,b""#, "value"),
                ("[1]", "add_tag", #""a,\#u{301}b""#, "value"),
                ("[1]", "add_tag", "\"\(String(repeating: "e\u{301}", count: 60))\"", "value"),
                ("[1]", "set_paid", #""false""#, "value"), ("[1]", "set_billable", nil, "value"),
            ] as [(String, String, String?, String)] {
                let reply = try await bulk(ids, action, value)
                #expect(reply.status == 400)
                #expect(reply.json["errors"].keys == [field], "\(ids) \(action)")
            }
            let tooLong = try await bulk("[\(ids[0])]", "add_tag", "\"\(String(repeating: "x", count: 101))\"")
            #expect(tooLong.status == 400)
            #expect(try await bulk("[998,999]", "delete").status == 404)
            #expect(try await bulk("[\(running)]", "delete").status == 400)
            let ann = try server.makeUser("ann")
            #expect(try await bulk("\(ids)", "delete", token: ann).status == 403)
            let gone = try await bulk("[\(ids[0]),\(ids[1]),\(running)]", "delete")
            #expect(gone.json["affected"].int == 2)
            #expect(try server.sql("select count(*) from time_entries") == "2")
            #expect(try server.sql("select sum(completed), sum(running) from entry_totals where kind = 'a'") == "1|1")
        }
    }
}
