import Testing

/// Lengths of texts are counted in code points (behaviour.md §3.5).
@Suite struct TextLengthTests {
    @Test func descriptionsHoldAHundredThousandCharacters() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let client = try await server.get("/api/v1/projects/\(project)").json["project"]["client_id"].int ?? 0
            let bodies = [
                ("/api/v1/projects", "project", #""client_id":\#(client),"name""#),
                ("/api/v1/tasks", "task", #""project_id":\#(project),"name""#),
                ("/api/v1/clients", "client", #""name""#),
                ("/api/v1/quotes", "quote", #""client_id":\#(client),"title""#),
            ]
            for (path, key, members) in bodies {
                for text in [String(repeating: "x", count: 30_000), String(repeating: "😀", count: 100_000)] {
                    let saved = try await server.post(
                        path, #"{"description":"\#(text)",\#(members):"\#(text.prefix(9))"}"#)
                    #expect(saved.status == 201, "\(path)")
                    #expect(saved.json[key]["description"].string == text, "\(path)")
                }
                let longer = String(repeating: "e\u{301}", count: 50_000) + "x"
                let refused = try await server.post(path, #"{"description":"\#(longer)",\#(members):"y"}"#)
                #expect(refused.status == 400)
                #expect(refused.json["errors"].keys == ["description"])
            }
        }
    }

    @Test func tagsAreToldWithoutWhiteSpaceOfAnyKind() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let task = try await server.post(
                "/api/v1/tasks",
                #"{"name":"T","project_id":\#(project),"tags":"a,\#u{A0}b\#u{2003},\#u{3000}, c\#u{301}"}"#)
            #expect(task.json["task"]["tag_list"].array.compactMap(\.string) == ["a", "b", "c\u{301}"])
        }
    }
}

/// User names are the same when the database says so (behaviour.md §3.6).
@Suite struct UserNameTests {
    @Test func aNameInAnotherSpellingSignsInAndCountsAsTheSame() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try server.makeUser("andre")
            try server.sql("update users set username = E'andr\\u00e9' where username = 'andre'")
            func signIn(_ name: String, _ password: String) async throws -> Int {
                try await server.post(
                    "/api/v1/auth/login", #"{"username":"\#(name)","password":"\#(password)"}"#, token: ""
                ).status
            }
            #expect(try await signIn(" ANDRE\u{301} ", TestServer.password) == 200)
            #expect(try await signIn("andr\u{e9}", TestServer.password) == 200)
            #expect(try await signIn("andr\u{e8}", TestServer.password) == 401)
        }
    }
}
