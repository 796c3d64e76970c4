import CPostgres

/// The keywords and values that PQconnectStartParams takes: the URL's own plus what every session needs.
struct ConnectionSettings: Sendable, Equatable {
    private(set) var pairs: [(key: String, value: String)]

    static func == (left: Self, right: Self) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    /// - Throws: `.other` for a URL that libpq can't read; the message does not repeat it, for it may hold a password.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        guard let options = PQconninfoParse(configuration.url, nil) else {
            throw PostgresError(.other, message: "the database URL is not valid")
        }
        defer { PQconninfoFree(options) }
        var pairs: [(key: String, value: String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { pairs.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        self.pairs = pairs
        set("client_encoding", "UTF8")
        set("options", Self.sessionOptions(configuration) + (value("options").map { " " + $0 } ?? ""))
        setUnlessGiven("application_name", configuration.applicationName)
        // A peer that vanished without a word is noticed by the kernel even while nothing is sent; sooner where another
        // may have taken its place.
        let isSeveral = ["host", "hostaddr"].contains { value($0)?.contains(",") == true }
        setUnlessGiven("keepalives_idle", isSeveral ? "5" : "30")
        setUnlessGiven("keepalives_interval", isSeveral ? "2" : "5")
        setUnlessGiven("keepalives_count", "3")
        setUnlessGiven("tcp_user_timeout", isSeveral ? "8000" : "20000")
    }

    func value(_ key: String) -> String? {
        pairs.first { $0.key == key }?.value
    }

    mutating func set(_ key: String, _ value: String) {
        pairs.removeAll { $0.key == key }
        pairs.append((key, value))
    }

    mutating func setUnlessGiven(_ key: String, _ value: String) {
        if self.value(key) == nil { set(key, value) }
    }

    private static func sessionOptions(_ configuration: PostgresConfiguration) -> String {
        let settings = [
            "statement_timeout=\(configuration.statementTimeout.wholeMilliseconds)",
            "lock_timeout=\(configuration.lockTimeout.wholeMilliseconds)",
            "idle_in_transaction_session_timeout=\(configuration.idleInTransactionTimeout.wholeMilliseconds)",
            "timezone=UTC",
            "default_transaction_isolation=read\\ committed",
            // Compiling costs more than any statement of a web request takes.
            "jit=off",
            // Pages of the tables that requests touch are in memory; with the default of 4 the planner would rather scan
            // a whole table of names than look fifty of them up.
            "random_page_cost=1.1",
        ]
        return settings.map { "-c \($0)" }.joined(separator: " ")
    }
}
