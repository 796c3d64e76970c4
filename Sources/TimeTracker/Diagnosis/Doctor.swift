import Postgres
import Reactor
import Redis

/// `timetracker doctor`: what an operator would check by hand.
public struct Doctor: Sendable {
    public struct Finding: Sendable {
        public let subject: String
        /// What is wrong and what to do; nil = fine.
        public let problem: String?
    }

    let configuration: AppConfiguration

    public init(configuration: AppConfiguration) {
        self.configuration = configuration
    }

    public func examine(_ db: PostgresClient) async -> [Finding] {
        var findings = await examinePostgres(db)
        findings += await examineReplica()
        findings.append(await examineRedis())
        return findings
    }

    private func examinePostgres(_ db: PostgresClient) async -> [Finding] {
        do {
            let row = try await db.query(
                Statement(
                    "select current_setting('server_version_num')::int, current_setting('max_connections')::int, pg_is_in_recovery()"
                )
            ).first
            guard let row else { return [] }
            return [
                Finding(
                    subject: "PostgreSQL",
                    problem: row.int(0) < 150_000
                        ? "is older than 15; upgrade it" : row.bool(2) ? "is a read-only standby" : nil),
                Finding(subject: "PostgreSQL connections", problem: connectionProblem(Int(row.int(1)))),
                Finding(subject: "PostgreSQL sessions", problem: await sessionProblem(db)),
                Finding(subject: "schema", problem: await schemaProblem(db)),
                Finding(subject: "settings row", problem: await settingsProblem(db)),
            ] + (await archiveFinding(db))
        } catch {
            if let problem = PoolerDiagnosis.problem(error) {
                return [Finding(subject: "PostgreSQL sessions", problem: problem)]
            }
            return [
                Finding(subject: "PostgreSQL", problem: "\(error.message); check DATABASE_URL and that the server runs")
            ]
        }
    }

    private func sessionProblem(_ db: PostgresClient) async -> String? {
        do {
            return try await PoolerDiagnosis.problem(db, statementTimeout: configuration.postgres.statementTimeout)
        } catch {
            return PoolerDiagnosis.problem(error) ?? error.message
        }
    }

    /// Nothing when there is no replica.
    private func examineReplica() async -> [Finding] {
        guard let replica = configuration.readReplica, let reactor = try? Reactor(name: "tt-doctor") else { return [] }
        reactor.start()
        let db = PostgresClient(configuration: replica, reactor: reactor)
        db.start()
        let finding: Finding
        do {
            let row = try await db.query(Statement("select pg_is_in_recovery()")).first
            finding = Finding(
                subject: "PostgreSQL replica",
                problem: row?.bool(0) == true
                    ? nil : "takes writes, so it is no replica, or has been promoted; check DATABASE_READ_URL")
        } catch {
            finding = Finding(
                subject: "PostgreSQL replica",
                problem: "\(error.message); check DATABASE_READ_URL. Until then everything is read from DATABASE_URL")
        }
        await db.shutdown(within: .seconds(1))
        reactor.stop()
        return [finding]
    }

    private func connectionProblem(_ limit: Int) -> String? {
        let wanted = (configuration.workers ?? 1) * configuration.connectionsPerWorker + 5
        return wanted <= limit
            ? nil
            : "\(wanted) are wanted but max_connections is \(limit); lower WORKERS or DATABASE_POOL_SIZE, or raise it"
    }

    private func schemaProblem(_ db: PostgresClient) async -> String? {
        do {
            let pending = try await Migrator(db: db).pending()
            return pending.isEmpty ? nil : "\(pending.count) migrations are missing; run 'timetracker migrate'"
        } catch {
            return "\(error)"
        }
    }

    private func settingsProblem(_ db: PostgresClient) async -> String? {
        guard let row = try? await db.query(Statement("select setup_completed_at is not null from settings")).first
        else {
            return "is missing; run 'timetracker migrate'"
        }
        return row.bool(0) ? nil : "says that the first-run setup is unfinished; run 'timetracker setup'"
    }

    /// PostgreSQL keeps what it can't archive, until the disk is full. Nothing when it doesn't archive.
    private func archiveFinding(_ db: PostgresClient) async -> [Finding] {
        let statement = Statement(
            """
            select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false), last_failed_wal
            from pg_stat_archiver where current_setting('archive_mode') <> 'off'
            """)
        guard let row = try? await db.query(statement).first else { return [] }
        return [
            Finding(
                subject: "archive of the log",
                problem: row.bool(0)
                    ? "\(row.string(1)) can't be archived; see PostgreSQL's log. Perhaps the archive is another database's"
                    : nil)
        ]
    }

    private func examineRedis() async -> Finding {
        guard let redis = configuration.redis else { return Finding(subject: "Redis (switched off)", problem: nil) }
        guard let reactor = try? Reactor(name: "tt-doctor") else {
            return Finding(subject: "Redis", problem: "no reactor")
        }
        reactor.start()
        let isUp = await RedisProbe.answers(redis, reactor)
        reactor.stop()
        return Finding(
            subject: "Redis",
            problem: isUp
                ? nil
                : "doesn't answer; check REDIS_URL and that the server runs. Until then limits are counted for each host"
        )
    }
}

/// Whether Redis answers at all.
enum RedisProbe {
    static func answers(_ configuration: RedisConfiguration, _ reactor: Reactor) async -> Bool {
        await withCheckedContinuation { continuation in
            let outcome = Once { continuation.resume(returning: $0) }
            let client = RedisClient(configuration: configuration, reactor: reactor) { event in
                if case .connected = event { outcome.call(true) } else { outcome.call(false) }
            }
            outcome.keep(client)
            client.start()
        }
    }
}
