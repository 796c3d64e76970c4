import CPostgres
import Glibc
import Reactor

/// Attempts to connect to several hosts, of which the first that succeeds counts. Each has a head start on the next one,
/// so that the preferred host is taken where it serves, and one that is silent doesn't hold up the others.
struct ConnectionRace {
    /// Nanoseconds.
    private static let headStart: UInt64 = 250_000_000

    private struct Runner {
        let host: Int
        let connection: OpaquePointer
        /// What libpq waits for.
        var events: Int16
    }

    private let list: HostList
    private let deadline: UInt64
    private var waiting: ArraySlice<Int>
    private var runners: [Runner] = []
    private var nextStart: UInt64 = 0
    private var failures: [String] = []

    init(_ list: HostList, order: [Int], timeout: Duration) {
        self.list = list
        waiting = order[...]
        deadline = Reactor.now &+ timeout.wholeNanoseconds
    }

    /// - Parameter prepare: makes a connection what its user needs; false when it can't.
    mutating func run(_ prepare: (OpaquePointer) -> Bool) -> Result<ConnectionHandle, PostgresError> {
        defer { for runner in runners { PQfinish(runner.connection) } }
        while true {
            let now = Reactor.now
            guard now < deadline else { return failure(isLate: true) }
            if now >= nextStart || runners.isEmpty { startNext(now) }
            guard !runners.isEmpty else {
                if waiting.isEmpty { return failure(isLate: false) }
                continue
            }
            for index in wait(now).reversed() {
                guard let winner = advance(index, prepare) else { continue }
                return .success(winner)
            }
        }
    }

    private func failure(isLate: Bool) -> Result<ConnectionHandle, PostgresError> {
        let reasons = failures + (isLate ? ["timed out"] : [])
        return .failure(PostgresError(.unavailable, message: reasons.joined(separator: "; ")))
    }

    private mutating func startNext(_ now: UInt64) {
        guard let host = waiting.popFirst() else { return }
        nextStart = now &+ Self.headStart
        guard let connection = list.hosts[host].start() else {
            failures.append("out of memory")
            return
        }
        // Notices go nowhere: libpq would print them on standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        guard PQstatus(connection) != CONNECTION_BAD else { return lose(connection) }
        runners.append(Runner(host: host, connection: connection, events: Int16(POLLOUT)))
    }

    /// A host has failed: the next needn't wait.
    private mutating func lose(_ connection: OpaquePointer) {
        failures.append(PostgresError.connectionMessage(connection))
        PQfinish(connection)
        nextStart = 0
    }

    /// - Returns: indices of runners whose sockets are ready, until the next host is to be started at most.
    private func wait(_ now: UInt64) -> [Int] {
        // libpq opens a new socket for every address it tries, so the number is asked for each time.
        var descriptors = runners.map { pollfd(fd: PQsocket($0.connection), events: $0.events, revents: 0) }
        let until = waiting.isEmpty ? deadline : min(deadline, max(nextStart, now))
        let result = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: (until - now + 999_999) / 1_000_000))
        return result > 0 ? descriptors.indices.filter { descriptors[$0].revents != 0 } : []
    }

    private mutating func advance(_ index: Int, _ prepare: (OpaquePointer) -> Bool) -> ConnectionHandle? {
        let runner = runners[index]
        switch PQconnectPoll(runner.connection) {
        case PGRES_POLLING_OK:
            runners.remove(at: index)
            if prepare(runner.connection) { return ConnectionHandle(pointer: runner.connection, host: runner.host) }
            lose(runner.connection)
        case PGRES_POLLING_READING: runners[index].events = Int16(POLLIN)
        case PGRES_POLLING_WRITING: runners[index].events = Int16(POLLOUT)
        default:
            runners.remove(at: index)
            lose(runner.connection)
        }
        return nil
    }
}

extension ConnectionSettings {
    /// Nil when there is no memory.
    fileprivate func start() -> OpaquePointer? {
        let keys = pairs.map { strdup($0.key) }
        let values = pairs.map { strdup($0.value) }
        defer { for string in keys + values { free(string) } }
        let keyPointers = keys.map { UnsafePointer<CChar>($0) } + [nil]
        let valuePointers = values.map { UnsafePointer<CChar>($0) } + [nil]
        return PQconnectStartParams(keyPointers, valuePointers, 0)
    }
}
