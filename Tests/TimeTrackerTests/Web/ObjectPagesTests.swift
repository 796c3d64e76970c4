import HTTPTypes
import Postgres
import Testing

@testable import TimeTracker

/// Pages of a plain resource whose objects have no page of their own: their forms are it.
@Suite(.timeLimit(.minutes(1)))
struct ObjectPagesTests {
    private static let pages = ObjectPages<Client>(
        home: "/parties", place: .clients, objects: ClientResource.objects,
        list: ObjectList(
            title: "Parties", first: "Party", columns: [.text("Phone", \.phone)], empty: "Somebody pays.",
            find: ClientResource.found),
        fields: { _ in [FormField(name: "name", label: "Name"), FormField(name: "phone", label: "Phone")] })

    @Test func anObjectIsMadeChangedAndDeletedByItsForm() async throws {
        try await ServedApplication.with(routes: Self.pages.routes) { server in
            let admin = try await server.signIn("admin")
            let none = await server.ask(.get, "/parties", fields: admin)
            #expect(none.status == 200 && none.body.contains("No parties yet. Somebody pays."))
            #expect(!none.body.contains("class=\"card filters\""), "there are none")
            let made = await server.ask(.post, "/parties/new", fields: admin, body: "name=%3CAcme%3E&phone=1")
            #expect(made.status == 303 && made.fields.contains("location: /parties\r\n"))
            let list = await server.ask(.get, "/parties", fields: admin).body
            let path = String(
                try #require(list.firstMatch(of: /<a href="(\/parties\/\d+\/edit)">&lt;Acme&gt;<\/a>/)?.1))
            let deletion = path.replacing("/edit", with: "/delete")
            let form = await server.ask(.get, path, fields: admin).body
            #expect(form.contains("value=\"&lt;Acme&gt;\"") && form.contains("action=\"\(deletion)\""))
            #expect(form.contains("Delete this client…") && form.contains("<a href=\"/parties\">Back</a>"))
            let blank = await server.ask(.get, "/parties/new", fields: admin).body
            #expect(!blank.contains("Delete this"))
            let changed = await server.ask(.post, path, fields: admin, body: "name=Acme&phone=")
            #expect(changed.status == 303 && changed.fields.contains("location: /parties\r\n"))
            let rows = try await server.database.execute(Statement("select name, phone from clients"))
            #expect(rows.map { $0.string(0) } == ["Acme"] && rows.first?.isNull(1) == true)
            let deleted = await server.ask(.post, deletion, fields: admin, body: "")
            #expect(deleted.status == 303 && deleted.fields.contains("location: /parties\r\n"))
            #expect(try await server.database.execute(Statement("select 1 from clients")).isEmpty)
        }
    }

    @Test func viewersSeeTheListAndNoForms() async throws {
        try await ServedApplication.with(routes: Self.pages.routes) { server in
            _ = try await UserAdmin(db: server.database).create("eve", password: "correct horse 2", role: "viewer")
            let admin = try await server.signIn("admin")
            _ = await server.ask(.post, "/parties/new", fields: admin, body: "name=Acme")
            let viewer = try await server.signIn("eve")
            let list = await server.ask(.get, "/parties", fields: viewer).body
            #expect(list.contains("<th scope=\"row\">Acme</th>") && !list.contains("/parties/new"))
            #expect(await server.ask(.get, "/parties/1/edit", fields: viewer).status == 403)
            for path in ["new", "1/edit", "1/delete"] {
                #expect(await server.ask(.post, "/parties/\(path)", fields: viewer, body: "name=B").status == 403)
            }
            let names = try await server.database.execute(Statement("select name from clients"))
            #expect(names.map { $0.string(0) } == ["Acme"])
        }
    }
}
