import HTTPTypes
import Testing

@testable import TimeTracker

/// Which route a path and a method belong to.
@Suite struct RouteTableTests {
    private static func route(_ method: HTTPRequest.Method, _ path: String) -> Route {
        Route(method, path: path, summary: "", access: .open, response: .any()) { _ in Reply(status: .ok) }
    }

    private let table = RouteTable([
        route(.get, "/"), route(.get, "/a"), route(.post, "/a"), route(.get, "/a/{id}"), route(.put, "/a/{id}"),
        route(.post, "/a/bulk"), route(.get, "/a/{id}/b/{other}"), route(.get, "/a/bulk/c"), route(.get, "/{page}/d"),
    ])

    private func found(_ method: HTTPRequest.Method, _ path: String) -> String? {
        table.find(method, path).map { match in
            ([match.route.path] + match.parameters.map(String.init)).joined(separator: " ")
        }
    }

    @Test func pathsAreFound() {
        #expect(found(.get, "/") == "/" && found(.get, "/a") == "/a" && found(.get, "/a/") == "/a")
        #expect(found(.get, "/a/7") == "/a/{id} 7" && found(.put, "/a/7") == "/a/{id} 7")
        #expect(found(.get, "/a/7/b/8") == "/a/{id}/b/{other} 7 8")
        #expect(found(.get, "/a/%2F") == "/a/{id} %2F")
    }

    @Test func aLiteralGoesBeforeAParameter() {
        #expect(found(.post, "/a/bulk") == "/a/bulk" && found(.get, "/a/bulk/c") == "/a/bulk/c")
        // Where the literal leads no further, the parameter may.
        #expect(found(.get, "/a/bulk/b/1") == "/a/{id}/b/{other} bulk 1" && found(.get, "/a/d") == "/a/{id} d")
        #expect(found(.get, "/x/d") == "/{page}/d x")
    }

    @Test func whatIsNoPathIsNotFound() {
        for path in ["/b", "/A", "/a/7/b", "/a/7/c/8", "/x/d/e"] {
            #expect(found(.get, path) == nil, "\(path)")
        }
        #expect(found(.delete, "/a") == nil && found(.get, "/a/bulk") == nil)
    }

    @Test func methodsOfAPathAreToldInTheOrderOfTheRoutes() {
        #expect(table.methods(for: "/a") == [.get, .post, .head, .options])
        #expect(table.methods(for: "/a/bulk") == [.get, .put, .post, .head, .options])
        #expect(table.methods(for: "/a/d") == [.get, .put, .head, .options])
        #expect(table.methods(for: "/nowhere").isEmpty)
    }
}
