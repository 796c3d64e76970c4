import Testing

/// Filters by days on which the clocks change at midnight.
@Suite struct DayBoundTests {
    private static func hours(_ server: TestServer, _ day: String) async throws -> (list: [Int?], summary: Double?) {
        let query = "start_date=\(day)&end_date=\(day)"
        let list = try await server.get("/api/v1/time-entries?\(query)")
        let summary = try await server.get("/api/v1/reports/summary?\(query)")
        return (
            list.json["time_entries"].array.map { $0["id"].int }, summary.json["summary"]["total_hours"].double
        )
    }

    /// On 26 October 2025 the first hour of the day happens twice in the Azores.
    @Test func theFirstHourThatHappensTwice() async throws {
        try await TestServer.with(workers: 1, ["TZ": "Atlantic/Azores"]) { server in
            let project = try await server.makeProject()
            func book(_ start: String, _ end: String) async throws -> Int? {
                try await server.post(
                    "/api/v1/time-entries", #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)"}"#
                ).json["time_entry"]["id"].int
            }
            let eve = try await book("2025-10-25T23:59:59Z", "2025-10-26T00:59:59Z")
            let first = try await book("2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z")
            let second = try await book("2025-10-26T01:30:00Z", "2025-10-26T02:30:00Z")
            let last = try await book("2025-10-27T00:59:59Z", "2025-10-27T01:59:59Z")
            let after = try await book("2025-10-27T01:00:00Z", "2025-10-27T02:00:00Z")
            #expect(try await Self.hours(server, "2025-10-25") == ([eve], 1))
            let day = try await Self.hours(server, "2025-10-26")
            #expect(day.list == [last, second, first] && day.summary == 3)
            #expect(try await Self.hours(server, "2025-10-27") == ([after], 1))
            // A time of day that a person writes means the later of the two, as ever.
            let written = try await server.get("/api/v1/time-entries?start_date=2025-10-26T00:15:00").json
            #expect(written["time_entries"].array.map { $0["id"].int } == [after, last, second])
            let bounds = try await server.get(
                "/api/v1/reports/summary?start_date=2025-10-26&end_date=2025-10-26"
            ).json["summary"]
            #expect(bounds["start_date"].string == "2025-10-26T00:00:00Z")
            #expect(bounds["end_date"].string == "2025-10-27T00:59:59Z")
        }
    }

    /// Samoa skipped 30 December 2011.
    @Test func theDayThatNeverWas() async throws {
        try await TestServer.with(workers: 1, ["TZ": "Pacific/Apia"]) { server in
            let project = try await server.makeProject()
            var ids: [Int?] = []
            for (start, end) in [
                ("2011-12-30T09:30:00Z", "2011-12-30T09:45:00Z"), ("2011-12-30T10:00:00Z", "2011-12-30T10:15:00Z"),
            ] {
                ids.append(
                    try await server.post(
                        "/api/v1/time-entries",
                        #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)"}"#
                    ).json["time_entry"]["id"].int)
            }
            #expect(try await Self.hours(server, "2011-12-29") == ([ids[0]], 0.25))
            #expect(try await Self.hours(server, "2011-12-30") == ([], 0))
            #expect(try await Self.hours(server, "2011-12-31") == ([ids[1]], 0.25))
            let both = try await server.get("/api/v1/time-entries?start_date=2011-12-30&end_date=2011-12-31")
            #expect(both.json["pagination"]["total"].int == 1)
            for (start, end) in [
                ("2011-12-31", "2011-12-29"), ("2011-12-31", "2011-12-30"), ("2024-01-02", "2024-01-01"),
            ] {
                let reversed = try await server.get("/api/v1/reports/summary?start_date=\(start)&end_date=\(end)")
                #expect(reversed.status == 400 && reversed.json["errors"].keys == ["end_date"], "\(start)")
            }
            let turnover = try await server.get(
                "/api/v1/inventory/reports/turnover?start_date=2011-12-30&end_date=2011-12-30")
            #expect(turnover.status == 200)
        }
    }
}
