import Postgres

/// What a new or changed entry refers to, read in one statement before the rules are applied.
struct EntryLookup: Sendable {
    struct Project: Sendable {
        let id: Int64
        let name: String
        let status: String
        let clientID: Int64
        let isBillable: Bool
        let isVisible: Bool
    }

    struct Task: Sendable {
        let name: String
        let projectID: Int64
    }

    struct Client: Sendable {
        let id: Int64
        let name: String
        let isVisible: Bool
    }

    struct User: Sendable {
        let username: String
        let isActive: Bool
        let rounding: RoundingPreference
    }

    /// Versions of the rows (`xmin`), which change with every update; nil without project or user.
    struct Versions: Sendable {
        let project: String
        let task: String?
        let user: String
    }

    /// Id for the entry about to be written; only drawn when asked for.
    var nextID: Int64
    /// The database's clock.
    var now: Instant
    let project: Project?
    let task: Task?
    let client: Client?
    let user: User?
    let versions: Versions?
    /// Whether a webhook may have to be told.
    let hasWebhooks: Bool
    /// The given times, in order.
    var times: [Instant]

    /// Ids of what to look up.
    struct Keys {
        var projectID: Int64?
        var taskID: Int64?
        var clientID: Int64?
        var userID: Int64
        var times: [DateTimeInput] = []
        var drawsID = false
    }

    static func load(_ keys: Keys, _ context: Context, in tx: PostgresTransaction? = nil) async throws -> EntryLookup {
        let statement = statement(keys, context)
        let rows = if let tx { try await tx.query(statement) } else { try await context.db.query(statement) }
        guard let row = rows.first else { throw APIError.internalError }
        return EntryLookup(row, keys.times, context.settings)
    }

    private static func statement(_ keys: Keys, _ context: Context) -> Statement {
        var sql = SQL(
            """
            select \(keys.drawsID ? "nextval('time_entries_id_seq')" : "0::bigint"), clock_timestamp(),
                   p.id, p.name, p.status, p.client_id, p.billable, t.name, t.project_id, c.id, c.name,
                   u.username, u.is_active, u.time_rounding_enabled, u.time_rounding_minutes, u.time_rounding_method,
                   p.xmin::text, t.xmin::text, u.xmin::text, exists (select from webhooks w where w.is_active)
            """)
        sql.add(", \(Visibility.condition(context.principal, clientID: "p.client_id", in: &sql))")
        sql.add(", \(Visibility.condition(context.principal, clientID: "c.id", in: &sql))")
        for time in keys.times {
            guard case .wall(let wall) = time, !context.settings.isUTC else { continue }
            sql.add(", \(WallTime.expression(wall, zone: context.settings.timezone, in: &sql))")
        }
        sql.add(" from (select 1) one left join projects p on p.id = ", .init(keys.projectID), "::bigint")
        sql.add(" left join tasks t on t.id = ", .init(keys.taskID), "::bigint")
        sql.add(" left join clients c on c.id = ", .init(keys.clientID), "::bigint")
        sql.add(" left join users u on u.id = ", .int(keys.userID))
        return sql.statement
    }

    private init(_ row: Row, _ times: [DateTimeInput], _ settings: Settings) {
        nextID = row.int(0)
        now = Instant(row.timestamp(1))
        project =
            row.isNull(2)
            ? nil
            : Project(
                id: row.int(2), name: row.string(3), status: row.string(4), clientID: row.int(5),
                isBillable: row.bool(6),
                isVisible: row.bool(20))
        task = row.isNull(8) ? nil : Task(name: row.string(7), projectID: row.int(8))
        client = row.isNull(9) ? nil : Client(id: row.int(9), name: row.string(10), isVisible: row.bool(21))
        user =
            row.isNull(11)
            ? nil
            : User(
                username: row.string(11), isActive: row.bool(12),
                rounding: RoundingPreference(
                    isEnabled: row.bool(13), minutes: Int(row.int(14)),
                    method: RoundingMethod(rawValue: row.string(15)) ?? .nearest))
        versions =
            row.isNull(16) || row.isNull(18)
            ? nil : Versions(project: row.string(16), task: row.stringOrNull(17), user: row.string(18))
        hasWebhooks = row.bool(19)
        var column = 22
        self.times = times.map { time in
            switch time {
            case .instant(let instant): return Instant(instant)
            case .wall(let wall):
                guard !settings.isUTC else { return Instant(wall) }
                defer { column += 1 }
                return Instant(row.timestamp(column))
            }
        }
    }
}
