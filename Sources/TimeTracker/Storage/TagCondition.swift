import Postgres

/// Whole tags. Which are the same is decided by the database alone, through `tag_key` (migration 0013).
enum TagCondition {
    /// True for a task that carries any of `tags`.
    static func task(_ alias: String, anyOf tags: [String], in sql: inout SQL) -> String {
        let wanted = sql.bind(.textArray(tags))
        return "\(alias).tag_keys && array(select tag_key(tag) from unnest(\(wanted)::text[]) as tag)"
    }

    /// True for a row of `entry_tags` that is about `tag`.
    static func entryTag(_ alias: String, is tag: String, in sql: inout SQL) -> String {
        "\(alias).tag = tag_key(\(sql.bind(.text(tag)))::text)"
    }

    /// True for a time entry that carries `tag`; asks once for each entry, so for few entries.
    static func entry(_ alias: String, carries tag: String, in sql: inout SQL) -> String {
        // A scalar subquery, as the planner would join `exists` with all entries that carry the tag.
        """
        (select true from entry_tags et where et.tag = (select tag_key(\(sql.bind(.text(tag)))::text))
         and et.start_time = \(alias).start_time and et.entry_id = \(alias).id)
        """
    }
}
