import Foundation
import Testing

/// Filters by tag: two tags are one when the database says so, however they are typed or separated.
@Suite struct TagFilterTests {
    @Test func entriesAreFoundByATagInAnySpelling() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            func book(_ hour: Int, _ tags: String) async throws {
                let reply = try await server.post(
                    "/api/v1/time-entries",
                    """
                    {"project_id":\(project),"start_time":"2024-01-15T\(hour):00:00Z","end_time":"2024-01-15T\(hour):30:00Z",
                     "tags":"\(tags)"}
                    """)
                #expect(reply.status == 201)
            }
            try await book(10, "İş, Deep Work")
            try await book(11, "e\u{301}te\u{301},deep work")
            try await book(12, "  Été ,remote")
            try await book(13, "STRASSE")
            func total(_ tag: String, _ more: String = "", token: String? = nil) async throws -> Int? {
                let tag = tag.utf8.map { $0 < 0x30 || $0 > 0x7A ? "%" + hex($0) : String(UnicodeScalar($0)) }.joined()
                let reply = try await server.get("/api/v1/time-entries?tag=\(tag)\(more)", token: token).json
                #expect(reply["pagination"]["total"].int == reply["time_entries"].array.count)
                return reply["pagination"]["total"].int
            }
            #expect(try await total("İş") == 1)
            #expect(try await total("ÉTÉ") == 2)
            #expect(try await total("e\u{301}te\u{301}") == 2)
            #expect(try await total(" deep WORK ") == 2)
            #expect(try await total("deep") == 0)
            #expect(try await total("remote", "&project_id=\(project)&billable=true") == 1)
            #expect(try await total("remote", "&project_id=\(project)&end_date=2024-01-14") == 0)
            #expect(try await total("remote", "&billable=false") == 0)
            #expect(try await total("été", "&start_date=2024-01-15T11:30:00Z") == 1)
            // U+00DF is a letter of its own.
            #expect(try await total("straße") == 0)
            #expect(try await total("nosuch") == 0)
            #expect(try await total("a,b") == 0)
            let ann = try server.makeUser("ann")
            #expect(try await total("remote", token: ann) == 0)

            // Written past the server, with other white space between.
            try server.sql("update time_entries set tags = E'x,\\u00A0remote\\t,,y' where tags = 'STRASSE'")
            #expect(try await total("remote") == 2)
            #expect(try await total("strasse") == 0)
        }
    }

    @Test func tasksAreFoundByAnyOfSomeTags() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            for tags in ["İş,b", "e\u{301}te\u{301}", "plain"] {
                _ = try await server.post(
                    "/api/v1/tasks", #"{"name":"T","project_id":\#(project),"tags":"\#(tags)"}"#)
            }
            func total(_ tags: String) async throws -> Int? {
                try await server.get("/api/v1/tasks?tags=\(tags)").json["pagination"]["total"].int
            }
            #expect(try await total("%C4%B0%C5%9F") == 1)
            #expect(try await total("%C3%89T%C3%89,Plain") == 2)
            #expect(try await total("pla,in") == 0)
            #expect(try await total(",") == 0)
        }
    }

    @Test func bulkChangesKnowATagInAnySpelling() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let entry =
                try await server.post(
                    "/api/v1/time-entries",
                    """
                    {"project_id":\(project),"start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T11:00:00Z",
                     "tags":"E\u{301}te\u{301},İş"}
                    """
                ).json["time_entry"]["id"].int ?? 0
            func tags(after action: String, _ tag: String) async throws -> [String] {
                let reply = try await server.post(
                    "/api/v1/time-entries/bulk", #"{"entry_ids":[\#(entry)],"action":"\#(action)","value":"\#(tag)"}"#)
                #expect(reply.status == 200)
                return try await server.get("/api/v1/time-entries/\(entry)").json["time_entry"]["tag_list"].array
                    .compactMap(\.string)
            }
            // The spelling that was there stays.
            let kept = try await tags(after: "add_tag", "été")
            #expect(kept.map { Array($0.utf8) }.contains(Array("E\u{301}te\u{301}".utf8)))
            #expect(kept.count == 2)
            #expect(try await tags(after: "add_tag", "new").count == 3)
            #expect(try await tags(after: "remove_tag", "NEW").count == 2)
            #expect(try await tags(after: "remove_tag", "été") == ["İş"])
            #expect(try await tags(after: "remove_tag", "iş").isEmpty)
        }
    }

    /// A dump is loaded without our schema in the search path.
    @Test func aDumpWithTagsCanBeRestored() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            _ = try await server.post("/api/v1/tasks", #"{"name":"T","project_id":\#(project),"tags":"İş,b"}"#)
            _ = try await server.post(
                "/api/v1/time-entries",
                #"""
                {"project_id":\#(project),"start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T11:00:00Z","tags":"b"}
                """#)
            let copy = server.databaseURL.replacing("/\(server.prefix)?", with: "/\(server.prefix)_copy?")
            try server.sql("create database \(server.prefix)_copy template template0")
            let dump = NSTemporaryDirectory() + "\(server.prefix).dump"
            try Tool.run("pg_dump", ["-Fc", "-f", dump, server.databaseURL])
            defer { try? FileManager.default.removeItem(atPath: dump) }
            try Tool.run("pg_restore", ["--exit-on-error", "--no-owner", "-d", copy, dump])
            let counts =
                "select (select count(*) from entry_tags) + (select count(*) from tasks where tag_keys @> '{b}')"
            #expect(try SQL.run(copy, counts) == "2")
        }
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
