import Glibc

/// Where PostgreSQL's programs are.
struct PostgresPrograms {
    let directory: String
    /// Major version.
    let version: Int

    /// The newest that Debian's packages have installed.
    init() throws(SupervisorError) {
        for version in (12...30).reversed() {
            let directory = "/usr/lib/postgresql/\(version)/bin"
            if access(directory + "/initdb", X_OK) == 0 {
                self.directory = directory
                self.version = version
                return
            }
        }
        throw SupervisorError(
            "embedded PostgreSQL is not installed: apt-get install postgresql-15, or set DATABASE_URL")
    }

    func path(_ program: String) -> String { directory + "/" + program }
}

/// The private cluster of embedded mode.
struct PostgresCluster {
    let directory: DataDirectory
    let programs: PostgresPrograms
    let account: ServiceAccount
    let password: String
    /// Where its log of changes is kept, too; nil = nowhere.
    let archive: LogArchive?

    static let user = "timetracker"

    /// - Returns: true when there was none.
    func createIfMissing() throws(SupervisorError) -> Bool {
        guard access(directory.postgres + "/PG_VERSION", F_OK) != 0 else { return false }
        let passwordFile = directory.run + "/initdb-password"
        try directory.write(password, to: passwordFile, owner: account)
        defer { unlink(passwordFile) }
        let status = try Command.run(
            account.command([
                programs.path("initdb"), "-D", directory.postgres, "-U", Self.user, "--pwfile", passwordFile, "-A",
                "scram-sha-256",
                "-E", "UTF8", "--locale", "C.UTF-8",
            ]), keepsOutput: false)
        guard status == 0 else { throw SupervisorError("initdb failed (status \(status)) in \(directory.postgres)") }
        return true
    }

    /// A postmaster that outlived its killed supervisor is stopped, so that this one is ours.
    func stopOrphan() throws(SupervisorError) {
        guard let file = fopen(directory.postgres + "/postmaster.pid", "r") else { return }
        var line = [CChar](repeating: 0, count: 32)
        let isRead = fgets(&line, 32, file) != nil
        fclose(file)
        guard isRead,
            let pid = Int32(
                String(decoding: line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)),
            pid > 1, isPostgres(pid)
        else { return }
        kill(pid, SIGINT)
        for _ in 0..<600 where kill(pid, 0) == 0 { usleep(50_000) }
        guard kill(pid, 0) != 0 else { throw SupervisorError("process \(pid) still runs on \(directory.postgres)") }
    }

    /// A process id is reused sooner or later; only a postgres of this very directory may be stopped.
    private func isPostgres(_ pid: Int32) -> Bool {
        guard let file = fopen("/proc/\(pid)/cmdline", "r") else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        let arguments = bytes[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return arguments.first?.hasSuffix("postgres") == true && arguments.contains(directory.postgres)
    }

    /// - Parameter connections: `max_connections`.
    func process(database: String, connections: Int) -> ServiceProcess {
        let basic = [
            "listen_addresses": "", "unix_socket_directories": directory.run, "max_connections": String(connections),
            "shared_buffers": "256MB", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
            "wal_level": "replica",
            "max_wal_size": "1GB", "log_timezone": "UTC", "timezone": "UTC", "jit": "off",
        ]
        let settings = basic.merging(archive?.settings ?? [:]) { $1 }
        let options = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        // For the client alone: a server has no use for it, and its environment would show it for as long as it runs.
        let clientEnvironment = environment.merging(["PGPASSWORD": password]) { $1 }
        let isReady = [programs.path("pg_isready"), "-q", "-h", directory.run, "-t", "2"]
        let client = [programs.path("psql"), "-qAtX", "-h", directory.run, "-U", Self.user, "-d", "postgres"]
        return ServiceProcess(
            name: "PostgreSQL",
            arguments: account.command(
                [programs.path("postgres"), "-D", directory.postgres] + options, deathSignal: "INT"),
            environment: environment, logPath: directory.logs + "/postgres.log", stopSignal: SIGINT,
            isReady: { (try? Command.run(isReady, keepsOutput: false)) == 0 },
            prepare: {
                let exists = "select 1/count(*) from pg_database where datname = '\(database)'"
                if try Command.run(client + ["-c", exists], environment: clientEnvironment, keepsOutput: false) == 0 {
                    return
                }
                let create = "create database \(database)"
                guard try Command.run(client + ["-c", create], environment: clientEnvironment, keepsOutput: false) == 0
                else {
                    throw SupervisorError("can't create the database '\(database)'")
                }
            })
    }
}
