import Glibc

/// A private PostgreSQL and Redis under the data directory, on Unix sockets, for an installation of one machine.
public struct EmbeddedServices {
    public let databaseURL: String
    public let redisURL: String
    /// Made once, kept in the data directory.
    public let secretKey: String
    /// In the order in which they have to start.
    public let processes: [ServiceProcess]
    /// Whether this call made the PostgreSQL cluster.
    public let isNew: Bool
    /// Descriptor that holds the directory for this process and what it becomes; nil when somebody else holds it.
    public let lock: Int32?

    private static let database = "timetracker"

    /// Creates what is missing and takes the directory; the services are not started yet.
    /// - Parameters:
    ///   - connections: how many connections all workers may open.
    ///   - archive: directory to which PostgreSQL copies its log of changes; nil = none.
    /// - Throws: ``SupervisorError`` when the directory is in use or a program is missing.
    public static func prepare(dataDirectory: String, connections: Int, archive: String?) throws(SupervisorError)
        -> EmbeddedServices
    {
        let account = try ServiceAccount()
        let directory = DataDirectory(dataDirectory)
        let postgres = try PostgresPrograms()
        let redis = try RedisProgram()
        try directory.create(account: account)
        // Held by this process until it ends, however it ends.
        let lock = try directory.lock()
        let password = try directory.secret("postgres_password")
        let redisPassword = try directory.secret("redis_password")
        if let archive { try directory.makeArchive(DataDirectory(archive).path, account: account) }
        let cluster = PostgresCluster(
            directory: directory, programs: postgres, account: account, password: password,
            archive: archive.map { LogArchive(path: DataDirectory($0).path) })
        let isNew = try cluster.createIfMissing()
        try cluster.stopOrphan()
        return EmbeddedServices(
            databaseURL: databaseURL(directory, password), redisURL: redisURL(directory, redisPassword),
            secretKey: try directory.secret("secret_key"),
            processes: [
                cluster.process(database: database, connections: connections + 20),
                try redis.process(directory: directory, account: account, password: redisPassword),
            ], isNew: isNew, lock: lock)
    }

    /// Those that run already, under the supervisor that this process was.
    /// - Parameter lock: as ``prepare(dataDirectory:connections:archive:)`` took it.
    public static func adopt(dataDirectory: String, connections: Int, archive: String?, lock: Int32)
        throws(SupervisorError) -> EmbeddedServices
    {
        let running = try describe(dataDirectory: dataDirectory)
        let account = try ServiceAccount()
        let directory = DataDirectory(dataDirectory)
        guard let password = directory.readSecret("postgres_password"),
            let redisPassword = directory.readSecret("redis_password")
        else { throw SupervisorError("can't read the secrets in \(directory.secrets)") }
        let cluster = PostgresCluster(
            directory: directory, programs: try PostgresPrograms(), account: account, password: password,
            archive: archive.map { LogArchive(path: DataDirectory($0).path) })
        return EmbeddedServices(
            databaseURL: running.databaseURL, redisURL: running.redisURL, secretKey: running.secretKey,
            processes: [
                cluster.process(database: database, connections: connections + 20),
                try RedisProgram().process(directory: directory, account: account, password: redisPassword),
            ], isNew: false, lock: lock)
    }

    /// The addresses of an installation that runs.
    /// - Throws: ``SupervisorError`` when none does.
    public static func describe(dataDirectory: String) throws(SupervisorError) -> EmbeddedServices {
        let directory = DataDirectory(dataDirectory)
        guard directory.isLocked else {
            throw SupervisorError(
                "no server runs on \(directory.path); start one with 'timetracker serve --data-dir \(directory.path)', or set DATABASE_URL"
            )
        }
        guard let password = directory.readSecret("postgres_password"),
            let redis = directory.readSecret("redis_password"),
            let key = directory.readSecret("secret_key")
        else {
            throw SupervisorError(
                "can't read the secrets in \(directory.secrets); run as the user that runs the server")
        }
        return EmbeddedServices(
            databaseURL: databaseURL(directory, password), redisURL: redisURL(directory, redis), secretKey: key,
            processes: [], isNew: false, lock: nil)
    }

    private static func databaseURL(_ directory: DataDirectory, _ password: String) -> String {
        "postgresql://timetracker:\(password)@/\(database)?host=\(escaped(directory.run))"
    }

    private static func redisURL(_ directory: DataDirectory, _ password: String) -> String {
        "unix://:\(password)@\(directory.run)/redis.sock"
    }

    /// Percent-encodes what a URL's query can't hold.
    private static func escaped(_ path: String) -> String {
        path.utf8.map { byte in
            let isPlain =
                (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x30 && byte <= 0x39)
                || [0x2F, 0x2E, 0x2D, 0x5F].contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}

extension EmbeddedServices {
    /// What has to be installed for embedded mode; nil when nothing has.
    public static var missingPrograms: String? {
        do {
            _ = try PostgresPrograms()
            _ = try RedisProgram()
            _ = try ServiceAccount()
            return nil
        } catch {
            return error.description
        }
    }
}

/// Whether an address can be listened on.
public enum PortCheck {
    /// - Returns: why it can't; nil when it can.
    public static func problem(host: String, port: Int) -> String? {
        do {
            try Listener([.tcp(host: host, port: port)], backlog: 1).close()
            return nil
        } catch {
            return error.description
        }
    }
}
