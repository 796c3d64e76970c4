import Foundation
import Synchronization
import Testing

/// Guessing at passwords is slow, whoever guesses and from wherever, and doesn't keep the owner out.
@Suite(.serialized) struct SignInProtectionTests {
    private static func credentials(_ name: String, _ password: String) -> String {
        #"{"username":"\#(name)","password":"\#(password)"}"#
    }

    /// Sends all requests, each on a connection of its own, before it reads the first reply.
    private static func burst(_ server: TestServer, _ requests: [String]) async throws -> [HTTPReply] {
        try await blocking {
            let connections = try requests.map { request in
                let connection = try server.connect()
                try connection.send(request)
                return connection
            }
            return try connections.map { try $0.receive() }
        }
    }

    private static func post(_ path: String, type: String, _ body: String, _ fields: String...) -> String {
        let lines = ["Host: localhost", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + fields
        return "POST \(path) HTTP/1.1\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    private static func login(
        _ server: TestServer, _ name: String, _ password: String, from address: String
    ) async throws -> HTTPReply {
        try await server.request(
            "POST", "/api/v1/auth/login", credentials(name, password), token: "",
            headers: ["X-Forwarded-For": address])
    }

    /// Failed attempts, each from an address of its own.
    private static func guess(_ server: TestServer, _ name: String, _ count: Int, net: Int) async throws -> [Int] {
        var statuses: [Int] = []
        for index in 0..<count {
            statuses.append(try await login(server, name, "wrong password", from: "198.51.\(net).\(index)").status)
        }
        return statuses
    }

    @Test func anIPv6NetworkIsOneClient() async throws {
        try await TestServer.with(workers: 2) { server async throws in
            var statuses: [Int] = []
            for index in 1...6 {
                statuses.append(
                    try await Self.login(server, "user\(index)", "x", from: "2001:db8:0:1:\(index)::\(index)").status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429])
            #expect(try await Self.login(server, "user7", "x", from: "2001:db8:0:2::1").status == 401)
        }
    }

    @Test func anAccountWaitsLongerAndLonger() async throws {
        try await TestServer.with(workers: 2) { server async throws in
            // Names that exist and names that don't get the same answers.
            for (net, name) in ["admin", "nobody"].enumerated() {
                #expect(try await Self.guess(server, name, 11, net: net) == Array(repeating: 401, count: 10) + [429])
                let refused = try await Self.login(server, name, TestServer.password, from: "203.0.113.\(net)")
                #expect(refused.status == 429 && refused.json["error_code"].string == "rate_limited")
                #expect((20...30).contains(Int(refused.header("retry-after") ?? "") ?? 0))
            }
            try server.cli("user", "create", "ann", "--password", TestServer.password)
            #expect(try await Self.login(server, "ann", TestServer.password, from: "203.0.113.9").status == 200)

            // Once the wait is over one more guess is free, and the next wait is twice as long.
            for seconds in [60, 120, 240, 480, 900, 900] {
                try server.redis("--scan", "--pattern", "*signin:*:strangers", forEachSet: "until", to: "0")
                let guess = try await Self.login(server, "admin", "wrong password", from: "203.0.113.\(seconds % 250)")
                #expect(guess.status == 401)
                let refused = try await Self.login(server, "admin", "wrong password", from: "192.0.2.\(seconds % 250)")
                let wait = Int(refused.header("retry-after") ?? "") ?? 0
                #expect(refused.status == 429 && (seconds - 15...seconds).contains(wait), "\(seconds) \(wait)")
                #expect(try await Self.login(server, "admin", "x", from: "192.0.2.\(seconds % 250)").status == 429)
                try server.redis("--scan", "--pattern", "*login:*", forEach: "DEL")
            }
            // The right password ends the count.
            try server.redis("--scan", "--pattern", "*signin:*:strangers", forEachSet: "until", to: "0")
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.77").status == 200)
            #expect(try await Self.guess(server, "admin", 9, net: 9) == Array(repeating: 401, count: 9))
        }
    }

    @Test func manyGuessesAtOnceDoNotOutrunTheCount() async throws {
        try await TestServer.with(workers: 2) { server async throws in
            // More than the queue takes are refused with 503, so a few at a time.
            var statuses: [Int] = []
            for round in 0..<4 {
                statuses += try await parallel(8) { index in
                    try await Self.login(server, "admin", "wrong password", from: "198.51.\(round).\(index)").status
                }
            }
            #expect(statuses.count { $0 == 401 } == 10)
            #expect(statuses.count { $0 == 429 } == 22)
        }
    }

    @Test func theOwnerComesInFromAKnownDevice() async throws {
        try await TestServer.with(workers: 2) { server async throws in
            let known = Browser(server, headers: ["X-Forwarded-For": "203.0.113.1"])
            try await known.signIn()
            #expect(known.cookies["device"] != nil)
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.2").status == 200)
            try server.cli("user", "create", "ann", "--password", TestServer.password)
            #expect(try await Self.guess(server, "admin", 11, net: 1).last == 429)
            #expect(try await Self.guess(server, "ann", 11, net: 2).last == 429)

            // Another browser waits, also with this one's cookie for another account.
            let stranger = Browser(server, headers: ["X-Forwarded-For": "203.0.113.3"])
            #expect(try await stranger.signIn().status == 429)
            let other = Browser(server, headers: ["X-Forwarded-For": "203.0.113.4"])
            other.setCookie("device", known.cookies["device"])
            #expect(try await other.signIn("ann").status == 429)
            // The known browser doesn't, wherever it is, nor an app where one has signed in before.
            let moved = Browser(server, headers: ["X-Forwarded-For": "203.0.113.5"])
            moved.setCookie("device", known.cookies["device"])
            #expect(try await moved.signIn().status == 303)
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.2").status == 200)

            // A stolen cookie is good for ten guesses of its own, not for any number.
            var statuses: [Int] = []
            for index in 0..<11 {
                let thief = Browser(server, headers: ["X-Forwarded-For": "192.0.2.\(index)"])
                thief.setCookie("device", known.cookies["device"])
                statuses.append(try await thief.signIn("admin", "wrong password").status)
            }
            #expect(statuses == Array(repeating: 401, count: 10) + [429])
        }
    }

    @Test func withoutRedisThisHostCounts() async throws {
        try await TestServer.with(workers: 2, ["REDIS_ENABLED": "false"]) { server async throws in
            let known = Browser(server, headers: ["X-Forwarded-For": "203.0.113.1"])
            try await known.signIn()
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.2").status == 200)
            for (net, name) in ["admin", "nobody"].enumerated() {
                let statuses = try await Self.guess(server, name, 12, net: net)
                // Two of the ten have gone to the owner; a minute that begins in between gives one or the other back.
                #expect(statuses.last == 429 && (8...11).contains(statuses.count { $0 == 401 }), "\(statuses)")
            }
            #expect(try await known.signIn().status == 303)
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.2").status == 200)
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.3").status == 429)
        }
    }

    /// A crowd at the door: those whom the queue takes are served soon, the others hear so at once, and nobody else notices.
    @Test func theQueueForHashingIsBounded() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let longest = Mutex(Duration.zero)
            let isOver = Mutex(false)
            async let probe: Void = blocking {
                let connection = try server.connect()
                while !isOver.withLock({ $0 }) {
                    let start = ContinuousClock.now
                    try connection.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                    _ = try connection.receive()
                    let time = ContinuousClock.now - start
                    longest.withLock { $0 = max($0, time) }
                    usleep(5000)
                }
            }
            let start = ContinuousClock.now
            let replies = try await Self.burst(
                server,
                (0..<150).map { index in
                    Self.post(
                        "/api/v1/auth/login", type: "application/json", Self.credentials("user\(index)", "x"),
                        "X-Forwarded-For: 198.51.100.\(index)")
                })
            let time = ContinuousClock.now - start
            isOver.withLock { $0 = true }
            try await probe
            let refused = replies.filter { $0.status == 503 }
            let served = replies.filter { $0.status == 401 }
            // How many come in depends on how fast this machine hashes; how long anybody waits doesn't.
            #expect(refused.count + served.count == 150 && !served.isEmpty && refused.count >= 50)
            #expect(time < .seconds(10))
            for reply in refused {
                #expect((1...10).contains(Int(reply.header("retry-after") ?? "") ?? 0))
                #expect(reply.json["error_code"].string == "overloaded" && reply.json["success"].bool == false)
            }
            print(
                "sign-ins: \(served.count) served, \(refused.count) refused in \(time); longest wait of a health check \(longest.withLock { $0 })"
            )
            #expect(longest.withLock { $0 } < .seconds(1))
            // Those who were refused come in later.
            #expect(try await Self.login(server, "admin", TestServer.password, from: "203.0.113.2").status == 200)
        }
    }

    @Test func aFullQueueIsAPageForBrowsers() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            _ = try await browser.get("/login")
            let visitor = try #require(browser.cookies["visitor"])
            let replies = try await Self.burst(
                server,
                (0..<40).map { index in
                    Self.post(
                        "/login", type: "application/x-www-form-urlencoded",
                        "username=user\(index)&password=x&csrf_token=\(browser.csrfToken)", "Accept: text/html",
                        "Cookie: visitor=\(visitor)", "X-Forwarded-For: 198.51.100.\(index)")
                })
            let refused = replies.filter { $0.status == 503 }
            #expect(!refused.isEmpty)
            for reply in refused {
                #expect(reply.header("content-type") == "text/html; charset=utf-8")
                #expect(reply.header("retry-after") != nil && reply.text.contains("Please try again in a moment"))
            }
        }
    }
}

extension TestServer {
    /// Sets a field of every hash that a scan finds.
    fileprivate func redis(_ scan: String..., forEachSet field: String, to value: String) throws {
        let socket = (environment["REDIS_URL"] ?? "").replacingOccurrences(of: "unix://", with: "")
        let keys = try Tool.run("redis-cli", ["-s", socket] + scan).split(separator: "\n").map(String.init)
        for key in keys where key.hasPrefix(prefix) {
            try Tool.run("redis-cli", ["-s", socket, "hset", key, field, value])
        }
    }
}
