import Foundation
import Testing

/// What tests of pages need beforehand.
enum Pages {
    /// Markup, a template's tag and a formula, as somebody may write them into every field.
    static let hostile = #"<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}"#

    /// - Returns: a client, a project of it, a task of that, by the API.
    static func place(_ server: TestServer, name: String = "Website") async throws -> (
        client: Int, project: Int, task: Int
    ) {
        let name = try quoted(name)
        let client = try await server.post("/api/v1/clients", #"{"name":\#(name),"description":\#(name)}"#)
        let clientID = try #require(client.json["client"]["id"].int)
        let project = try await server.post(
            "/api/v1/projects",
            #"{"name":\#(name),"client_id":\#(clientID),"description":\#(name),"hourly_rate":80}"#)
        let projectID = try #require(project.json["project"]["id"].int)
        let task = try await server.post(
            "/api/v1/tasks",
            #"{"name":\#(name),"project_id":\#(projectID),"description":\#(name),"tags":\#(name)}"#)
        return (clientID, projectID, try #require(task.json["task"]["id"].int))
    }

    /// An entry of the administrator, by the API.
    static func entry(
        _ server: TestServer, _ project: Int, _ start: String, _ end: String, notes: String = "Work"
    ) async throws -> Int {
        let text = try quoted(notes)
        let reply = try await server.post(
            "/api/v1/time-entries",
            #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)","notes":\#(text),"tags":\#(text)}"#
        )
        return try #require(reply.json["time_entry"]["id"].int)
    }

    private static func quoted(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
}
