import Testing

/// What existing apps need of tasks: priorities in the form they know, lists by several states, the columns of a board.
@Suite struct TaskClientTests {
    /// A mobile app knows words only; its edit dialog writes back what its list showed.
    @Test func anAppThatReadsWordsKeepsThePriority() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let created = try await server.post(
                "/api/v1/tasks", #"{"name":"Fire","project_id":\#(project),"priority":"urgent"}"#)
            #expect(created.json["task"]["priority"].string == "urgent")
            let listed = try await server.get("/api/v1/tasks").json["tasks"][0]
            let word = try #require(listed["priority"].string)
            let id = try #require(listed["id"].int)
            let edited = try await server.put(
                "/api/v1/tasks/\(id)", #"{"name":"Big fire","description":"Edited in the app","priority":"\#(word)"}"#)
            #expect(edited.json["task"]["priority"].string == "urgent")
            #expect(edited.json["task"]["priority_level"].int == 4)
            #expect(try server.sql("select priority, priority_is_number from tasks") == "4|f")
        }
    }

    @Test func prioritiesComeBackAsTheyWereWritten() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            func create(_ name: String, _ priority: String?) async throws -> JSON {
                let more = priority.map { #","priority":\#($0)"# } ?? ""
                return try await server.post(
                    "/api/v1/tasks", #"{"name":"\#(name)","project_id":\#(project)\#(more)}"#
                ).json["task"]
            }
            #expect(try await create("number", "1")["priority"] == .number(1))
            #expect(try await create("digits", #""3""#)["priority"] == .number(3))
            #expect(try await create("word", #""High""#)["priority"] == .string("high"))
            let none = try await create("none", nil)
            #expect(none["priority"] == .string("medium") && none["priority_level"].int == 2)
            #expect(none["priority_name"].string == "medium" && none["priority_display"].string == "Medium")
            #expect(none["priority_class"].string == "priority-medium")
            let id = try #require(none["id"].int)
            // The form follows the last who wrote it; who doesn't mention it changes nothing.
            for (body, expected) in [
                (#"{"priority":4}"#, JSON.number(4)), (#"{"name":"n"}"#, .number(4)),
                (#"{"priority":"low"}"#, .string("low")), (#"{"status":"done"}"#, .string("low")),
            ] {
                #expect(try await server.put("/api/v1/tasks/\(id)", body).json["task"]["priority"] == expected)
            }
            for bad in ["0", "5", "1.004", #""highest""#, "true", "null", "[]"] {
                let reply = try await server.put("/api/v1/tasks/\(id)", #"{"priority":\#(bad)}"#)
                #expect(reply.status == 400 && reply.json["errors"].keys == ["priority"], "\(bad)")
            }
            // Sorted by urgency, whatever the form.
            let order = try await server.get("/api/v1/tasks").json["tasks"].array.map { $0["priority"] }
            #expect(order == [.number(3), .string("high"), .number(1), .string("low")])
            let document = try await server.get("/api/openapi.json").json["components"]["schemas"]["Task"]
            let forms = document["properties"]["priority"]["oneOf"].array
            #expect(forms.map { $0["type"].string } == ["integer", "string"])
        }
    }

    @Test func tasksOfSeveralStates() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            for status in ["todo", "in_progress", "review", "on_hold", "done", "cancelled"] {
                _ = try await server.post(
                    "/api/v1/tasks", #"{"name":"\#(status)","project_id":\#(project),"status":"\#(status)"}"#)
            }
            func names(_ query: String) async throws -> Set<String?> {
                Set(try await server.get("/api/v1/tasks?status=\(query)").json["tasks"].array.map { $0["name"].string })
            }
            #expect(try await names("") == names("todo,in_progress,review,on_hold,done,cancelled"))
            #expect(try await names("done") == ["done"])
            #expect(try await names("done,%20cancelled,done") == ["done", "cancelled"])
            #expect(try await names("active") == ["todo", "in_progress", "review", "on_hold"])
            #expect(try await names("open") == names("active"))
            #expect(try await names("open,done") == ["todo", "in_progress", "review", "on_hold", "done"])
            for unknown in ["doing", "todo,doing", "all"] {
                let reply = try await server.get("/api/v1/tasks?status=\(unknown)")
                #expect(reply.status == 400 && reply.json["errors"].keys == ["status"], "\(unknown)")
            }
            let page = try await server.get("/api/v1/tasks?status=active&per_page=3").json["pagination"]
            #expect(page["total"].int == 4 && page["pages"].int == 2)
        }
    }

    @Test func columnsOfTheBoard() async throws {
        try await TestServer.with(workers: 1) { server in
            let reply = try await server.get("/api/v1/kanban/columns")
            #expect(reply.status == 200 && reply.json.keys == ["columns"])
            let columns = reply.json["columns"].array
            #expect(
                columns.map { $0["key"].string } == ["todo", "in_progress", "review", "on_hold", "done", "cancelled"])
            #expect(columns.map { $0["position"].int } == Array(0..<6))
            #expect(Set(columns.map { $0["id"].int }).count == 6)
            #expect(columns.filter { $0["is_complete_state"].bool == true }.map { $0["key"].string } == ["done"])
            for column in columns {
                #expect(
                    column.keys == [
                        "id", "project_id", "key", "label", "icon", "color", "position", "is_active", "is_system",
                        "is_complete_state", "wip_limit", "created_at", "updated_at",
                    ])
                #expect(column["project_id"].isNull && column["wip_limit"].isNull)
                #expect(column["is_active"].bool == true && column["is_system"].bool == true)
                #expect(column["label"].string?.isEmpty == false && column["created_at"].string?.hasSuffix("Z") == true)
            }
            #expect(try await server.post("/api/v1/kanban/columns", "{}").status == 405)
            let other = try server.makeUser("ann", scopes: "read:projects")
            let refused = try await server.get("/api/v1/kanban/columns", token: other)
            #expect(refused.status == 403 && refused.json["required_scope"].string == "read:tasks")
            #expect(try await server.get("/api/v1/kanban/columns", token: "").status == 401)
        }
    }
}
