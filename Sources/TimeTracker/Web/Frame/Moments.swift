import Postgres

/// Instants as the clocks of a zone show them. Zones are PostgreSQL's.
enum Moments {
    /// Naive microseconds since 2000-01-01, in the order of the instants; one round trip, none in UTC.
    static func walls(of instants: [Int64], zone: String, _ db: PostgresClient) async throws -> [Int64] {
        guard zone != "UTC", zone != "Etc/UTC", !instants.isEmpty else { return instants }
        let statement = Statement(
            """
            select array(
                select (extract(epoch from
                    (timestamp '2000-01-01' + t * interval '1 microsecond') at time zone 'UTC' at time zone $1
                        - timestamp '2000-01-01') * 1000000)::bigint
                from unnest($2) with ordinality as u (t, n) order by n)
            """, [.text(zone), .intArray(instants)])
        guard let row = try await db.query(statement).first else { throw APIError.internalError }
        return row.intArray(0)
    }
}
