import Postgres

/// The rows of `webhook_deliveries` as a queue (behaviour.md §10.5).
///
/// A claim is a row's `claimed_by`, the key of an advisory lock that the claiming process holds as long as it lives:
/// a claim whose lock is free belongs to a dead process and is void.
struct DeliveryStore: Sendable {
    let db: PostgresClient

    /// Claims due deliveries, at most one of each webhook and none of a webhook that is being sent to.
    ///
    /// Of a webhook's due deliveries the oldest comes first; webhooks that have waited longest come first. Deliveries of
    /// inactive webhooks are left, except tests.
    ///
    /// - Parameter key: the lock that the caller holds.
    func claim(atMost count: Int, key: Int64) async throws -> [ClaimedDelivery] {
        try await db.transaction { tx in
            let locked = try await tx.query(Statement(Self.lockSQL, [.int(Int64(count))]))
            guard !locked.isEmpty else { return [] }
            // With the webhooks locked, and with a snapshot younger than the locks, nobody else can be claiming theirs.
            let rows = try await tx.query(Statement(Self.claimSQL, [.intArray(locked.map { $0.int(0) }), .int(key)]))
            return try ModelRows(rows).all()
        }
    }

    private static let isDue = """
        d.status in ('pending', 'retrying') and d.claimed_by is null
        and (d.status = 'pending' or d.next_retry_at <= now()) and (w.is_active or d.event_type = '\(EventType.test)')
        """

    /// The oldest due delivery of a webhook `w`. `id + 0` is what the queue's index is ordered by, and no other: asked for by
    /// `id`, PostgreSQL reads all that has been delivered already on the way to the first that hasn't, since it takes the two
    /// for mixed (0.3 s with 100,000 of each).
    private static let next =
        "select d.id from webhook_deliveries d where d.webhook_id = w.id and \(isDue) order by d.id + 0 limit 1"

    /// No key update: inserting deliveries has to go on meanwhile.
    static let lockSQL = """
        select w.id from webhooks w cross join lateral (\(next)) next
        where not exists (select 1 from webhook_deliveries c where c.webhook_id = w.id and c.claimed_by is not null)
        order by w.last_delivery_at nulls first, w.id limit $1
        for no key update of w skip locked
        """

    static let claimSQL = """
        update webhook_deliveries d set claimed_by = $2
        from webhooks w cross join lateral (\(next)) next
        where w.id = any($1) and d.id = next.id
          and not exists (select 1 from webhook_deliveries c where c.webhook_id = w.id and c.claimed_by is not null)
        returning \(ClaimedDelivery.selected)
        """

    /// Writes down an attempt, its place in the counters of the webhook, and when the next one is due.
    ///
    /// Does nothing when the claim is void, and so may be repeated.
    /// - Parameter disableAfter: failed attempts in a row that switch the webhook off; 0 = never.
    func record(_ outcome: DeliveryOutcome, of delivery: ClaimedDelivery, disableAfter: Int) async throws(PostgresError)
    {
        let isDelivered = outcome.failure == nil
        let delay =
            isDelivered ? nil : delivery.retries.delay(retryCount: delivery.retryCount, retryAfter: outcome.retryAfter)
        let status = isDelivered ? "success" : delay == nil ? "failed" : "retrying"
        let values: [PostgresValue] = [
            .int(delivery.id), .int(delivery.claim), .text(status), .init(outcome.statusCode), .init(outcome.body),
            .init(json: outcome.headers), .init(outcome.failure?.type.rawValue), .init(outcome.failure?.message),
            .int(outcome.milliseconds), .init(delay), .bool(isDelivered), .int(Int64(disableAfter)),
        ]
        _ = try await db.atomically([
            // Webhook first, then delivery: the order in which claiming and deleting take their locks.
            Statement("select 1 from webhooks where id = $1 for no key update", [.int(delivery.webhookID)]),
            Statement(Self.recordSQL, values),
        ])
    }

    private static let recordSQL = """
        with d as (
            update webhook_deliveries set
                status = $3, attempt_number = attempt_number + 1, response_status_code = $4::int, response_body = $5::text,
                response_headers = $6::jsonb, error_type = $7::text, error_message = $8::text,
                started_at = clock_timestamp() - make_interval(secs => $9::float8 / 1000),
                completed_at = clock_timestamp(), duration_ms = $9::int,
                retry_count = retry_count + case when $10::float8 is null then 0 else 1 end,
                next_retry_at = clock_timestamp() + make_interval(secs => $10::float8), claimed_by = null
            where id = $1 and claimed_by = $2
            returning webhook_id, completed_at)
        update webhooks w set
            total_deliveries = total_deliveries + 1,
            successful_deliveries = successful_deliveries + $11::bool::int,
            failed_deliveries = failed_deliveries + (not $11::bool)::int,
            consecutive_failures = case when $11::bool then 0 else consecutive_failures + 1 end,
            last_delivery_at = d.completed_at,
            last_success_at = case when $11::bool then d.completed_at else last_success_at end,
            last_failure_at = case when $11::bool then last_failure_at else d.completed_at end,
            is_active = is_active and ($11::bool or $12::int8 = 0 or consecutive_failures + 1 < $12::int8)
        from d where w.id = d.webhook_id
        """

    /// Releases what dead processes had claimed.
    /// - Returns: how many deliveries.
    func releaseDead() async throws(PostgresError) -> Int {
        guard try await db.query(Self.anyClaim).first?.bool(0) == true else { return 0 }
        return try await db.execute(Self.release).affected
    }

    /// Releases what a living process has claimed but doesn't know of.
    func release(claimedBy key: Int64, except known: [Int64]) async throws(PostgresError) {
        _ = try await db.execute(
            Statement(
                "update webhook_deliveries set claimed_by = null where claimed_by = $1 and id <> all($2)",
                [.int(key), .intArray(known)]))
    }

    private static let anyClaim = Statement(
        "select exists (select 1 from webhook_deliveries where claimed_by is not null)")

    private static let release = Statement(
        """
        update webhook_deliveries set claimed_by = null
        where claimed_by is not null and claimed_by not in (
            -- How a lock with one bigint key looks there: PostgreSQL manual, pg_locks.
            select (l.classid::int8 << 32) | l.objid::int8 from pg_locks l
            where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
              and l.database = (select oid from pg_database where datname = current_database()))
        """)

    /// Deliveries that wait, and the seconds for which the oldest of those that are due has been so.
    func queue() async throws(PostgresError) -> (pending: Int, lag: Double) {
        guard let row = try await db.query(Self.waiting).first else { return (0, 0) }
        return (Int(row.int(0)), max(0, row.double(1)))
    }

    private static let waiting = Statement(
        """
        select count(*), coalesce(extract(epoch from now() - min(coalesce(next_retry_at, created_at))
            filter (where status = 'pending' or next_retry_at <= now())), 0)::float8
        from webhook_deliveries where status in ('pending', 'retrying')
        """)

    /// Ends the deliveries of webhooks that have been switched off.
    func failInactive() async throws(PostgresError) {
        _ = try await db.execute(Self.inactive)
    }

    private static let inactive = Statement(
        """
        update webhook_deliveries d set status = 'failed', error_type = 'webhook_inactive',
            error_message = 'The webhook is inactive', completed_at = clock_timestamp(), next_retry_at = null
        from webhooks w
        where w.id = d.webhook_id and not w.is_active and d.status in ('pending', 'retrying') and d.claimed_by is null
          and d.event_type <> '\(EventType.test)'
        """)
}
