import Testing

/// Texts that no trigram is in, and how far a search for them looks.
@Suite struct SearchReachTests {
    @Test func wildcardsWithCombiningMarksAreLiteral() async throws {
        try await TestServer.with(workers: 1) { server in
            for name in ["axxb", "a%\u{301}b", "xy\u{FE0F}", "_\u{FE0F}z"] { _ = try await server.makeProject(name) }
            func names(_ query: String) async throws -> [String] {
                try await server.get("/api/v1/search?types=project&q=\(query)").json["results"].array.compactMap {
                    $0["title"].string
                }
            }
            // a%◌́b and _◌️
            #expect(try await names("a%25%CC%81b") == ["a%\u{301}b"])
            #expect(try await names("_%EF%B8%8F") == ["_\u{FE0F}z"])
            // Two code points are enough.
            #expect(try await server.get("/api/v1/search?q=_%EF%B8%8F").status == 200)
        }
    }

    @Test func textsWithoutTrigramsAreFoundInEverything() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("QA of 日本語 -- C#")
            _ = try await server.post("/api/v1/tasks", #"{"name":"qa, éa","project_id":\#(project)}"#)
            _ = try await server.post("/api/v1/clients", #"{"name":"Zeta","email":"q@a.example","company":"Qa 日本"}"#)
            _ = try await server.post(
                "/api/v1/time-entries",
                #"""
                {"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:30:00Z",
                 "notes":"日本語 -- qA","tags":"QA"}
                """#)
            func types(_ query: String) async throws -> [String] {
                let reply = try await server.get("/api/v1/search?q=\(query)").json
                #expect(reply["partial"].bool == false)
                return reply["results"].array.compactMap { $0["type"].string }
            }
            // The project's client has its name.
            #expect(try await types("qa") == ["project", "task", "client", "client", "entry"])
            #expect(try await types("%E6%97%A5%E6%9C%AC") == ["project", "client", "client", "entry"])
            #expect(try await types("%E6%97%A5%E6%9C%AC%E8%AA%9E") == ["project", "client", "entry"])
            #expect(try await types("--") == ["project", "client", "entry"])
            #expect(try await types("c%23") == ["project", "client"])
            #expect(try await types("%C3%89A") == ["task"])
            #expect(try await types("zq") == [])
            #expect(try await server.get("/api/v1/tasks?search=%C3%89a").json["pagination"]["total"].int == 1)
            #expect(try await server.get("/api/v1/tasks?search=%C3%89%C3%89").json["pagination"]["total"].int == 0)
            #expect(try await server.get("/api/v1/clients?search=qa").json["pagination"]["total"].int == 2)
        }
    }

    @Test func aSearchThatLooksNoFurtherSaysSo() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let ann = try server.makeUser("ann")
            try server.sql(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds, notes)
                select 1, \(project), t, t + interval '1 minute', 60,
                       case when n = 1 then 'oldest xy' when n = 10000 then 'uv' when n < 20 then 'a few' else 'many' end
                from generate_series(1, 10050) n, lateral (select timestamptz '2020-01-01' + n * interval '1 hour' as t) x
                """)
            try server.sql("analyze")
            let short = try await server.get("/api/v1/search?types=entry&q=xy").json
            #expect(short["count"].int == 0)
            #expect(short["partial"].bool == true)
            #expect(short["errors"].keys == ["entries"])
            #expect(short["errors"]["entries"].string?.contains("newest 10000 entries") == true)
            let found = try await server.get("/api/v1/search?types=entry&q=uv").json
            #expect(found["count"].int == 1)
            #expect(found["partial"].bool == true)
            // Enough was found: nothing is missing from the answer.
            #expect(try await server.get("/api/v1/search?types=entry&q=ma").json["partial"].bool == false)
            // With three letters the index finds what is old.
            for (text, count) in [("oldest%20xy", 1), ("a%20few", 10), ("few", 10), ("nowhere", 0)] {
                let reply = try await server.get("/api/v1/search?types=entry&q=\(text)").json
                #expect(reply["count"].int == count, "\(text)")
                #expect(reply["partial"].bool == false, "\(text)")
            }
            let few = try await server.get("/api/v1/search?types=entry&q=few&limit=50").json["results"].array
            #expect(few.count == 18)
            #expect(few.compactMap { $0["id"].int } == few.compactMap { $0["id"].int }.sorted(by: >))
            // Ann has few entries, all of which are looked through.
            #expect(try await server.get("/api/v1/search?types=entry&q=xy", token: ann).json["partial"].bool == false)
        }
    }
}
