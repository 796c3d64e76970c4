import Testing

@testable import Postgres

@Suite struct HostListTests {
    private func hosts(_ url: String, isForReading: Bool = false) throws -> [ConnectionSettings] {
        var configuration = PostgresConfiguration(url: url)
        configuration.isForReading = isForReading
        return try HostList(configuration).hosts
    }

    @Test func severalHostsAreTakenApart() throws {
        let hosts = try hosts("postgresql://u:p@a:5432,b:5433/db?application_name=x")
        #expect(hosts.map { $0.value("host") } == ["a", "b"])
        #expect(hosts.map { $0.value("port") } == ["5432", "5433"])
        #expect(hosts.allSatisfy { $0.value("target_session_attrs") == "read-write" })
        #expect(
            hosts.allSatisfy { $0.value("user") == "u" && $0.value("password") == "p" && $0.value("dbname") == "db" })
    }

    @Test func onePortIsEverybodys() throws {
        let hosts = try hosts("host=a,b,c port=5433 dbname=db")
        #expect(hosts.map { $0.value("port") } == ["5433", "5433", "5433"])
    }

    @Test func whatTheURLSaysIsKept() throws {
        #expect(try hosts("host=a,b target_session_attrs=any").allSatisfy { $0.value("target_session_attrs") == "any" })
        #expect(try hosts("host=a,b target_session_attrs=prefer-standby").count == 1)
        #expect(try hosts("host=a,b", isForReading: true).allSatisfy { $0.value("target_session_attrs") == "any" })
    }

    @Test func oneHostIsLeftAlone() throws {
        let hosts = try hosts("postgresql:///db?host=/tmp/x")
        #expect(hosts.count == 1 && hosts[0].value("target_session_attrs") == nil)
        #expect(hosts[0].value("tcp_user_timeout") == "20000")
    }

    @Test func theOneThatServedIsTriedFirst() throws {
        let list = try HostList(PostgresConfiguration(url: "host=a,b,c"))
        #expect(list.order == [0, 1, 2])
        list.served(2)
        #expect(list.order == [2, 0, 1])
        list.left(1)
        #expect(list.order == [2, 0, 1])
        list.left(2)
        #expect(list.order == [0, 1, 2])
    }
}

@Suite struct PrimaryWatchTests {
    @Test func silenceMakesItLookOnce() {
        var watch = PrimaryWatch()
        #expect(watch.step(now: 1000) == .ask)
        #expect(watch.step(now: 1000 + PrimaryWatch.patience - 1) == .none)
        #expect(watch.step(now: 1000 + PrimaryWatch.patience) == .look)
        #expect(watch.step(now: 1000 + 5 * PrimaryWatch.patience) == .none)
        watch.looked()
        #expect(watch.step(now: 1000 + 5 * PrimaryWatch.patience) == .look)
        watch.looked()
        watch.answered()
        #expect(watch.step(now: 1000 + 6 * PrimaryWatch.patience) == .ask)
    }

    @Test func anAnswerIsFollowedByTheNextQuestion() {
        var watch = PrimaryWatch()
        for now in stride(from: UInt64(1), to: 10_000_000_000, by: 500_000_000) {
            #expect(watch.step(now: now) == .ask)
            watch.answered()
        }
    }
}
