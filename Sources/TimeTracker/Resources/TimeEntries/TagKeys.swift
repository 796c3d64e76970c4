import Postgres

/// The keys of some tags, by which the database compares tags (migration 0013).
struct TagKeys {
    /// UTF-8 of a tag to UTF-8 of its key: two texts are the same here only if their bytes are.
    private var keys: [[UInt8]: [UInt8]] = [:]

    /// Reads the keys of all tags of `entries`, and of `tag`; without a `tag` there is nothing to read.
    init(of entries: [TimeEntry], and tag: String?, in tx: PostgresTransaction) async throws {
        guard let tag else { return }
        var texts = [tag]
        for entry in entries { texts += Tags.split(entry.tags) }
        let statement = Statement(
            "select tag, tag_key(tag) from (select distinct unnest($1::text[]) as tag) tags", [.textArray(texts)])
        for row in try await tx.query(statement) { keys[Array(row.string(0).utf8)] = Array(row.string(1).utf8) }
    }

    /// The list with `tag`, unless it is there in some spelling. Sorted, each tag once.
    func adding(_ tag: String, to list: String?) -> String? {
        joined(Tags.split(list) + [tag])
    }

    /// The list without `tag` in any spelling. Sorted, each tag once.
    func removing(_ tag: String, from list: String?) -> String? {
        let unwanted = key(tag)
        return joined(Tags.split(list).filter { key($0) != unwanted })
    }

    /// Keeps the first spelling of each tag.
    private func joined(_ tags: [String]) -> String? {
        var seen: Set<[UInt8]> = []
        let tags = tags.filter { seen.insert(key($0)).inserted }
        return tags.isEmpty ? nil : tags.sorted().joined(separator: ", ")
    }

    private func key(_ tag: String) -> [UInt8] {
        let bytes = Array(tag.utf8)
        return keys[bytes] ?? bytes
    }
}
