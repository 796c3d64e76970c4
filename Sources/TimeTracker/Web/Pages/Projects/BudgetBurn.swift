import Postgres

/// How the budget of a project was used up: billable hours at the project's rate, added up week by week, or month by month
/// when it has run for long. Everybody who sees the project sees its sums (behaviour.md §4.3), so also these.
struct BudgetBurn: Sendable {
    /// Points of a chart.
    private static let most = 80

    struct Point: Sendable {
        /// Days since 2000-01-01: the first day of the week or month.
        let day: Int32
        /// Since the beginning, to the end of the week or month.
        let billableSeconds: Int64
    }

    let points: [Point]
    let isMonthly: Bool

    /// One round trip, of the entries' index alone.
    static func load(_ projectID: Int64, zone: String, _ db: PostgresClient) async throws -> BudgetBurn {
        let rows = try await db.query(
            Statement(
                """
                select (date_trunc('week', e.start_time at time zone $2))::date, sum(e.duration_seconds)::bigint
                from time_entries e
                where e.project_id = $1 and e.billable and e.end_time is not null group by 1 order by 1
                """, [.int(projectID), .text(zone)]))
        return BudgetBurn(rows.map { ($0.date(0), $0.int(1)) })
    }

    /// - Parameter weeks: with the day on which they begin, in order; those without work may be missing.
    init(_ weeks: [(day: Int32, seconds: Int64)]) {
        guard let first = weeks.first?.day, let last = weeks.last?.day else {
            (points, isMonthly) = ([], false)
            return
        }
        isMonthly = Int(last - first) / 7 >= Self.most
        var points: [Point] = []
        var sum: Int64 = 0
        var rest = weeks[...]
        var day = isMonthly ? Self.startOfMonth(first) : first
        while day <= last {
            let next = isMonthly ? Self.startOfMonth(day + 31) : day + 7
            while let week = rest.first, week.day < next {
                sum += week.seconds
                rest = rest.dropFirst()
            }
            points.append(Point(day: day, billableSeconds: sum))
            day = next
        }
        self.points = points.suffix(Self.most)
    }

    private static func startOfMonth(_ day: Int32) -> Int32 {
        let date = CivilDate(daysSince2000: day)
        return CivilDate(year: date.year, month: date.month, day: 1).daysSince2000
    }

    /// What the partial `burn` asks for.
    func values(_ project: Project, _ format: PersonFormat) -> [String: Any] {
        guard let budget = project.budgetAmount, budget > .zero, !points.isEmpty else { return ["has_burn": false] }
        let rate = project.hourlyRate ?? project.clientRate ?? .zero
        return [
            "has_burn": true, "burn_unit": isMonthly ? "Month" : "Week from", "burn_currency": format.currency,
            "burn": points.map { point in
                let used = Money.cost(seconds: point.billableSeconds, hourlyRate: rate)
                return [
                    "label": format.date(point.day), "used": used.text, "budget": budget.text,
                    "share": "\(used.hundredths * 100 / budget.hundredths) %", "left": (budget - used).text,
                    "is_over": used > budget,
                ] as [String: Any]
            },
        ]
    }
}
