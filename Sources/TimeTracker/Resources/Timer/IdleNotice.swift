import Postgres

/// Whether the pages of a user tell when the user was last seen at work, and so may find him idle (behaviour.md §12.11).
enum IdleNotice {
    static func choose(_ isOn: Bool, userID: Int64, _ db: PostgresClient) async throws(PostgresError) {
        _ = try await db.execute(
            Statement("update users set asks_when_idle = $2 where id = $1", [.int(userID), .bool(isOn)]))
    }
}
