import CPostgres
import Foundation

/// SQL on a connection of its own, without a program to be started for it.
enum SQL {
    /// - Returns: rows as `psql -At` prints them: fields between bars, a line for each row.
    /// - Throws: ``TestServer/Failure`` with the server's message.
    @discardableResult
    static func run(_ url: String, _ text: String) throws -> String {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        func message() -> String { String(cString: PQerrorMessage(connection)) }
        guard PQstatus(connection) == CONNECTION_OK else { throw TestServer.Failure(description: message()) }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        guard PQsendQuery(connection, text) == 1 else { throw TestServer.Failure(description: message()) }
        var lines: [String] = []
        var problem: String?
        while let result = PQgetResult(connection) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: lines += rows(result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: problem = problem ?? "ERROR: \(String(cString: PQresultErrorMessage(result))) in \(text)"
            }
        }
        if let problem { throw TestServer.Failure(description: problem) }
        return lines.joined(separator: "\n").trimmingCharacters(in: .newlines)
    }

    private static func rows(_ result: OpaquePointer) -> [String] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, row, $0)) }.joined(separator: "|")
        }
    }
}

/// Holds the entries of a server's database, so that who wants to book waits.
final class EntriesLock: @unchecked Sendable {
    // A test makes and releases it, one after the other.
    private var connection: OpaquePointer?

    /// - Parameter mode: of LOCK TABLE; nobody can even read in `access exclusive`.
    init(_ server: TestServer, mode: String = "exclusive") throws {
        connection = PQconnectdb(server.databaseURL)
        let result = PQexec(connection, "begin; lock table time_entries in \(mode) mode")
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw TestServer.Failure(description: String(cString: PQerrorMessage(connection)))
        }
    }

    deinit { release() }

    func release() {
        PQfinish(connection)
        connection = nil
    }

    /// Waits until `count` requests are being answered, of which at least one waits for a lock: those that come together are
    /// booked together.
    static func hasWaiters(_ count: Int, _ server: TestServer) async throws -> Bool {
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        return try await waitAsync(for: 10) {
            guard try server.sql(waiting) != "0" else { return false }
            return if count > 1 { try await inFlight(server) >= count } else { true }
        }
    }

    private static func inFlight(_ server: TestServer) async throws -> Int {
        let metrics = try await server.get("/metrics").text
        let gauge = metrics.firstMatch(of: /timetracker_http_requests_in_flight (\d+)\n/)
        return gauge.flatMap { Int($0.1) } ?? 0
    }
}
