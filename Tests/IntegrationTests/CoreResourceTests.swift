import Testing

/// Clients, projects and tasks over HTTP (behaviour.md §4).
@Suite struct CoreResourceTests {
    @Test func clients() async throws {
        try await TestServer.with(workers: 1) { server in
            let created = try await server.post(
                "/api/v1/clients",
                #"{"name":" Acme Corp ","email":"contact@acme.com","company":"Acme Corporation","phone":"+1-555-0123","unknown":1}"#
            )
            #expect(created.status == 201)
            let client = created.json["client"]
            #expect(client["name"].string == "Acme Corp")
            #expect(client["company"].string == "Acme Corporation")
            #expect(client["is_active"].bool == true)
            #expect(client["custom_fields"] == .object([:]))
            let id = try #require(client["id"].int)

            #expect(
                try await server.post("/api/v1/clients", #"{"name":"ACME corp"}"#).json["errors"]["name"].array.count
                    == 1)
            let bad = try await server.post(
                "/api/v1/clients", #"{"email":"nope","default_hourly_rate":-1,"prepaid_reset_day":29,"status":"x"}"#)
            #expect(bad.status == 400)
            #expect(bad.json["error_code"].string == "validation_error")
            #expect(bad.json["errors"].keys == ["name", "email", "default_hourly_rate", "prepaid_reset_day", "status"])
            #expect(bad.json["errors"]["name"][0].string == "Name is required")

            let updated = try await server.put(
                "/api/v1/clients/\(id)", #"{"default_hourly_rate":"75.005","phone":null,"custom_fields":{"a":[1,"x"]}}"#
            )
            #expect(updated.status == 200)
            #expect(updated.json["client"]["default_hourly_rate"].double == 75.01)
            #expect(updated.json["client"]["phone"].isNull)
            #expect(updated.json["client"]["email"].string == "contact@acme.com")
            #expect(updated.json["client"]["custom_fields"]["a"][1].string == "x")
            #expect(try await server.put("/api/v1/clients/\(id)", #"{"name":null}"#).status == 400)

            let list = try await server.get("/api/v1/clients?search=acme%25&per_page=5")
            #expect(list.json["pagination"]["total"].int == 0)
            #expect(try await server.get("/api/v1/clients?search=ACME").json["clients"].array.count == 1)
            #expect(try await server.get("/api/v1/clients/999").status == 404)

            _ = try await server.post("/api/v1/projects", #"{"name":"P","client_id":\#(id)}"#)
            let refused = try await server.delete("/api/v1/clients/\(id)")
            #expect(refused.status == 409)
            #expect(refused.json["error_code"].string == "conflict")
            let other = try await server.post("/api/v1/clients", #"{"name":"Other"}"#).json["client"]["id"].int ?? 0
            #expect(try await server.delete("/api/v1/clients/\(other)").status == 200)
            #expect(try await server.get("/api/v1/clients/\(other)").status == 404)
            #expect(
                try server.sql("select count(*) from activities where entity_type = 'client' and action = 'deleted'")
                    == "1")
        }
    }

    @Test func projects() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await server.post("/api/v1/clients", #"{"name":"C"}"#).json["client"]["id"].int ?? 0
            let created = try await server.post(
                "/api/v1/projects",
                #"{"name":"New Project","description":"d","client_id":\#(client),"hourly_rate":75.00,"estimated_hours":100,"status":"active","code":"web"}"#
            )
            #expect(created.status == 201)
            let project = created.json["project"]
            #expect(project["hourly_rate"].double == 75)
            #expect(project["estimated_hours"].double == 100)
            #expect(project["code"].string == "WEB")
            #expect(project["client"].string == "C")
            #expect(project["budget_threshold_percent"].int == 80)
            let id = try #require(project["id"].int)

            let same = try await server.post("/api/v1/projects", #"{"name":"New Project","client_id":\#(client)}"#)
            #expect(same.status == 400)
            #expect(same.json["errors"].keys == ["name"])
            let code = try await server.post("/api/v1/projects", #"{"name":"Q","client_id":\#(client),"code":"Web"}"#)
            #expect(code.json["errors"].keys == ["code"])
            let bad = try await server.post(
                "/api/v1/projects", #"{"client_id":99999,"hourly_rate":1e12,"color":"red"}"#)
            #expect(bad.json["errors"].keys == ["name", "hourly_rate", "color"])
            #expect(
                try await server.post("/api/v1/projects", #"{"name":"X","client_id":99999}"#).json["errors"].keys == [
                    "client_id"
                ])

            let zero = try await server.put(
                "/api/v1/projects/\(id)", #"{"hourly_rate":0,"budget_threshold_percent":0}"#)
            #expect(zero.json["project"]["hourly_rate"].double == 0)
            #expect(zero.json["project"]["budget_threshold_percent"].int == 0)
            let archived = try await server.request("PATCH", "/api/v1/projects/\(id)", #"{"status":"archived"}"#)
            #expect(archived.json["project"]["is_archived"].bool == true)
            #expect(archived.json["project"]["archived_at"].string != nil)
            let active = try await server.put("/api/v1/projects/\(id)", #"{"status":"active"}"#)
            #expect(active.json["project"]["archived_at"].isNull)
            #expect(try await server.delete("/api/v1/projects/\(id)").status == 200)
            #expect(try await server.delete("/api/v1/projects/\(id)").status == 200)
            #expect(try await server.get("/api/v1/projects").json["projects"].array.isEmpty)
            #expect(try await server.get("/api/v1/projects?status=archived").json["projects"].array.count == 1)
            #expect(try await server.get("/api/v1/projects?status=all").json["projects"].array.count == 1)
            #expect(try await server.get("/api/v1/projects?status=nonsense").json["projects"].array.isEmpty)
            #expect(try await server.get("/api/v1/projects?client_id=x").status == 400)
            #expect(try await server.get("/api/v1/projects/4711").status == 404)
            #expect(try await server.get("/api/v1/projects/abc").status == 404)
            #expect(
                try server.sql(
                    "select string_agg(action, ',' order by id) from activities where entity_type = 'project'")
                    == "created,updated,updated,archived,updated,unarchived,archived")
        }
    }

    @Test func tasks() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let empty = try await server.post("/api/v1/tasks", "{}")
            #expect(empty.status == 400)
            #expect(empty.json["errors"]["name"][0].string == "Name is required")
            #expect(empty.json["errors"]["project_id"][0].string == "project_id is required")

            let created = try await server.post(
                "/api/v1/tasks",
                #"{"name":"Implement login feature","description":"d","project_id":\#(project),"status":"todo","priority":1}"#
            )
            #expect(created.status == 201)
            let task = created.json["task"]
            #expect(task["priority"].int == 1)
            #expect(task["priority_display"].string == "Low")
            #expect(task["status_display"].string == "To Do")
            let id = try #require(task["id"].int)
            for (sent, level) in [("\"urgent\"", 4), ("\"2\"", 2), ("3", 3)] {
                let reply = try await server.put("/api/v1/tasks/\(id)", #"{"priority":\#(sent)}"#)
                #expect(reply.json["task"]["priority_level"].int == level)
            }
            #expect(try await server.put("/api/v1/tasks/\(id)", #"{"priority":5}"#).json["errors"].keys == ["priority"])
            #expect(
                try await server.put("/api/v1/tasks/\(id)", #"{"assignee_id":999}"#).json["errors"].keys == [
                    "assignee_id"
                ])
            #expect(
                try await server.put("/api/v1/tasks/\(id)", #"{"due_date":"2024-02-30"}"#).json["errors"].keys == [
                    "due_date"
                ])

            let started = try await server.put(
                "/api/v1/tasks/\(id)", #"{"status":"in_progress","assigned_to":1,"due_date":"2020-01-01"}"#)
            #expect(started.json["task"]["started_at"].string != nil)
            #expect(started.json["task"]["assigned_user"].string == "admin")
            #expect(started.json["task"]["is_overdue"].bool == true)
            let done = try await server.put("/api/v1/tasks/\(id)", #"{"status":"done"}"#)
            #expect(done.json["task"]["completed_at"].string != nil)
            #expect(done.json["task"]["is_overdue"].bool == false)
            #expect(
                try await server.put("/api/v1/tasks/\(id)", #"{"status":"review"}"#).json["task"]["completed_at"].isNull
            )

            _ = try await server.post(
                "/api/v1/tasks", #"{"name":"B","project_id":\#(project),"priority":"high","tags":"Back End, api"}"#)
            let order = try await server.get("/api/v1/tasks").json["tasks"].array.map { $0["priority_level"].int }
            #expect(order == [3, 3])
            #expect(try await server.get("/api/v1/tasks?tags=API").json["tasks"].array.count == 1)
            #expect(try await server.get("/api/v1/tasks?tags=ap").json["tasks"].array.isEmpty)
            #expect(try await server.get("/api/v1/tasks?assigned_to=1").json["tasks"].array.count == 1)
            #expect(try await server.delete("/api/v1/tasks/\(id)").status == 200)
            #expect(try await server.get("/api/v1/tasks/\(id)").status == 404)
            #expect(
                try server.sql(
                    "select count(*) from activities where entity_type = 'task' and action in ('completed', 'assigned')"
                )
                    == "2")
        }
    }

    @Test func paginationNeverFails() async throws {
        try await TestServer.with(workers: 1) { server in
            for index in 0..<3 { _ = try await server.post("/api/v1/clients", #"{"name":"C\#(index)"}"#) }
            let page = try await server.get("/api/v1/clients?page=2&per_page=2").json["pagination"]
            #expect(page["total"].int == 3 && page["pages"].int == 2 && page["has_prev"].bool == true)
            #expect(page["next_page"].isNull && page["prev_page"].int == 1)
            let beyond = try await server.get("/api/v1/clients?page=9").json
            #expect(beyond["clients"].array.isEmpty && beyond["pagination"]["total"].int == 3)
            #expect(beyond["pagination"]["page"].int == 9 && beyond["pagination"]["prev_page"].int == 8)
            for query in ["page=0", "page=x", "page=-1", "per_page=0", "per_page=x", "page=99999999999999999999"] {
                let reply = try await server.get("/api/v1/clients?\(query)")
                #expect(reply.status == 200)
                #expect(reply.json["pagination"]["per_page"].int == 50)
            }
            let huge = try await server.get("/api/v1/clients?page=9223372036854775807&per_page=1000").json["pagination"]
            #expect(huge["per_page"].int == 100)
        }
    }
}
