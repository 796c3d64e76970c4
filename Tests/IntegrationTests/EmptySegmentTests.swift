import Testing

/// A path with an empty segment is no page of ours, and no redirect leads to another host.
@Suite struct EmptySegmentTests {
    @Test func nothingIsThere() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            _ = try await browser.get("/login")
            for path in [
                "//login", "//", "/login//", "//dashboard", "//evil.example/", "/api//v1/health", "//static//x",
            ] {
                #expect(try await browser.get(path).status == 404, "\(path)")
                let post = try await browser.post(path, [("username", "admin")], csrf: "wrong")
                #expect(post.status == 404 && post.header("location") == nil, "\(path)")
            }
            #expect(try await server.get("/api/v1//projects").json["error_code"].string == "not_found")
            #expect(try await server.request("OPTIONS", "/api/v1//projects", token: "").status == 404)
            let absolute = try await server.exchange(
                "POST http://tt//login HTTP/1.1\r\nHost: tt\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(absolute.status == 404)
            // One slash at the end changes nothing, and a redirect goes to the route's own path.
            let expired = try await browser.post("/login/", [("username", "admin")], csrf: "wrong")
            #expect(expired.header("location") == "/login")
            #expect(try await server.get("/api/v1/projects/").status == 200)
        }
    }
}
