import Postgres
import Synchronization

/// Collects the use of tokens and writes it every few seconds, so that a read never turns into a write.
///
/// An accepted request adds 1 to `usage_count`; a refused one (403, 429) only moves `last_used_at` (behaviour.md §2.3).
/// What a killed worker had not flushed is lost, which these counters can bear.
public final class TokenUsage: Sendable {
    private struct Use {
        var count: Int64 = 0
        var lastUsed: Int64 = 0
    }

    private let uses = Mutex<[Int64: Use]>([:])

    func accepted(_ tokenID: Int64) { record(tokenID, 1) }
    func refused(_ tokenID: Int64) { record(tokenID, 0) }

    private func record(_ tokenID: Int64, _ count: Int64) {
        let now = WallClock.now()
        uses.withLock { uses in
            uses[tokenID, default: Use()].count += count
            uses[tokenID, default: Use()].lastUsed = now
        }
    }

    /// Writes what was collected; on failure it is kept for the next time.
    func flush(to db: PostgresClient) async {
        let batch = uses.withLock { uses in
            defer { uses = [:] }
            return uses
        }
        guard !batch.isEmpty else { return }
        let ids = batch.keys.sorted()
        let statement = Statement(
            // The hour's row is added while the token's is locked: a token deleted meanwhile is left out, not an error.
            """
            with used as (
                update api_tokens t
                set usage_count = t.usage_count + u.count, last_used_at = greatest(t.last_used_at, u.at)
                from (select id, count, timestamptz '2000-01-01 00:00:00Z' + at * interval '1 microsecond' as at
                      from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as x(id, count, at)) u
                where t.id = u.id
                returning t.id, u.count, u.at)
            insert into api_token_uses (api_token_id, hour, count)
            select id, date_trunc('hour', at, 'UTC'), count from used where count > 0
            on conflict (api_token_id, hour) do update set count = api_token_uses.count + excluded.count
            """,
            [
                .intArray(ids), .intArray(ids.map { batch[$0]?.count ?? 0 }),
                .intArray(ids.map { batch[$0]?.lastUsed ?? 0 }),
            ])
        do {
            _ = try await db.execute(statement)
        } catch {
            uses.withLock { uses in
                for (id, use) in batch {
                    uses[id, default: Use()].count += use.count
                    uses[id, default: Use()].lastUsed = max(uses[id]?.lastUsed ?? 0, use.lastUsed)
                }
            }
        }
    }
}
