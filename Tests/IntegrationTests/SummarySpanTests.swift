import Testing

/// The summary of everybody's time adds up kept months and the entries around them: it is what the entries say, wherever a
/// span begins and ends.
@Suite struct SummarySpanTests {
    @Test(arguments: ["UTC", "America/St_Johns", "Pacific/Auckland"])
    func anySpanIsTheSumOfItsEntries(zone: String) async throws {
        try await TestServer.with(workers: 1) { server in
            for name in ["A", "B", "C"] { _ = try await server.makeProject(name) }
            _ = try server.sql("update settings set timezone = '\(zone)'")
            // Some at the very first and last instants of months, some running, some on a client alone.
            _ = try server.sql(
                """
                insert into time_entries (user_id, project_id, client_id, start_time, end_time, duration_seconds, billable)
                select 1, case when i % 7 > 0 then (select min(id) from projects) + i % 3 end, (select min(id) from clients),
                       s, case when i % 11 > 0 then s + interval '1 hour' end, case when i % 11 > 0 then 1000 + i end, i % 3 > 0
                from (select i, case when i % 5 = 0 then date_trunc('month', t, 'UTC') - (i % 2) * interval '1 second' else t end as s
                      from (select i, timestamptz '2022-11-20 00:00Z' + i * interval '37 hours 13 minutes' as t
                            from generate_series(1, 600) i) x) y;
                select fold_entry_deltas(250)
                """)
            var spans = [
                ("2022-01-01", "2026-12-31"), ("2023-01-01", "2023-12-31"), ("2023-02-01", "2023-02-28"),
                ("2023-03-31", "2023-04-01"), ("2023-05-05", "2023-05-05"),
                ("2023-01-01T00:00:00Z", "2023-03-01T00:00:00Z"),
                ("2022-12-31T23:59:59Z", "2024-01-01T00:00:00Z"), ("2023-06-30T23:59:59Z", "2023-07-01T00:00:00Z"),
            ]
            var random = SystemRandomNumberGenerator()
            for _ in 0..<12 {
                let days = (0..<2).map { _ in Int.random(in: 0..<900, using: &random) }.sorted()
                spans.append(
                    (
                        try server.sql("select date '2022-11-25' + \(days[0])"),
                        try server.sql("select date '2022-11-25' + \(days[1])")
                    ))
            }
            for (first, last) in spans {
                let path = "/api/v1/reports/summary?start_date=\(first)&end_date=\(last)"
                let summary = try await server.get(path).json["summary"]
                let bounds = try #require(
                    summary["start_date"].string.flatMap { start in summary["end_date"].string.map { (start, $0) } })
                // A date's end is its last microsecond, which the reply shows as its second.
                let end =
                    last.count > 10 ? "'\(bounds.1)'" : "timestamptz '\(bounds.1)' + interval '999999 microseconds'"
                let expected = try server.sql(
                    """
                    select count(*), round(coalesce(sum(duration_seconds), 0) / 3600.0, 2),
                           round(coalesce(sum(duration_seconds) filter (where billable), 0) / 3600.0, 2),
                           count(distinct project_id)
                    from time_entries where end_time is not null and start_time between '\(bounds.0)' and \(end)
                    """
                ).split(separator: "|").compactMap { Double($0) }
                let actual = [
                    Double(summary["total_entries"].int ?? -1), summary["total_hours"].double ?? -1,
                    summary["billable_hours"].double ?? -1, Double(summary["by_project"].array.count),
                ]
                #expect(actual == expected, "\(first) to \(last)")
            }
        }
    }
}
