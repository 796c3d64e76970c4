import Postgres

/// Searches notes and tags of completed entries with work that does not grow with their number.
///
/// First the newest entries are looked through, which is all it takes for a text that occurs often. If they hold too few
/// hits, the index of trigrams finds the others. A text without trigrams, such as two letters, can't be found there; then
/// the newest entries are all that is searched, and the result says so.
struct EntrySearch {
    /// How many of the newest entries are looked through if nothing finds the others.
    static let reach = 10_000
    /// Why older entries are missing.
    static let cutReason =
        "only the newest \(reach) entries were searched; three letters or digits in a row find older ones"

    let text: String
    let limit: Int64
    /// Non-admins find their own entries.
    let principal: Principal

    /// Returns id, title, description, badge and whether older entries were left out, which is in every row; of a search
    /// without hits there is one row, without id.
    var statement: Statement {
        var sql = SQL()
        // With an index to go on with it is enough to see that the text is rare, so that what the index finds is little.
        let reach = TextCondition(text: text).hasPlainTrigram ? min(200 * limit, Int64(Self.reach)) : Int64(Self.reach)
        let pattern = sql.bind(.text("%\(LikePattern.escape(text))%"))
        let whole = sql.bind(.text(text))
        let userID = principal.isAdmin ? nil : principal.userID
        let own = userID.map { " and e.user_id = \(sql.bind(.int($0)))" } ?? ""
        let count = EntryCounts.expression(userID: userID, includesRunning: false, in: &sql)
        sql.add(
            """
            with near as materialized (
                select e.id, e.start_time
                from (select e.id, e.start_time, e.notes, e.tags from time_entries e where e.end_time is not null\(own)
                      order by e.start_time desc, e.id desc limit \(reach)) e
                where e.notes ilike \(pattern) or e.tags ilike \(pattern)
                order by e.start_time desc, e.id desc limit \(limit)
            ), outlook as materialized (
                select n.lacks and h.has_trigram as goes_on, n.lacks and not h.has_trigram as is_cut
                from (select (select count(*) from near) < \(limit) and \(count) > \(reach) as lacks) n,
                     (select \(whole)::text ~ '[[:alnum:]]{3}' as has_trigram) h
            ), far as materialized (
                select e.id, e.start_time from time_entries e
                where (select goes_on from outlook) and e.end_time is not null\(own)
                  and (e.notes ilike \(pattern) or e.tags ilike \(pattern))
            ), found as (
                select * from near where not (select goes_on from outlook)
                union all
                (select * from far order by start_time desc, id desc limit \(limit))
            )
            select e.id, coalesce(nullif(concat_ws(' • ', coalesce(p.name, c.name), t.name), ''), 'Time Entry'),
                   left(coalesce(e.notes, ''), 100) || coalesce(' [' || nullif(e.tags, '') || ']', ''),
                   coalesce(
                       lpad((e.duration_seconds / 3600)::text, greatest(2, length((e.duration_seconds / 3600)::text)), '0')
                           || to_char(make_interval(secs => e.duration_seconds % 3600), ':MI:SS'), ''), o.is_cut
            from outlook o left join found f on true left join time_entries e on e.id = f.id
                 left join projects p on p.id = e.project_id left join clients c on c.id = e.client_id
                 left join tasks t on t.id = e.task_id
            order by f.start_time desc, f.id desc
            """)
        return sql.statement
    }
}
