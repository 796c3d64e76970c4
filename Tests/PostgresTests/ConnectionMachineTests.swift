import CPostgres
import Testing

@testable import Postgres

@Suite("ConnectionMachine")
struct ConnectionMachineTests {
    private typealias Machine = ConnectionMachine<String>

    private var machine = Machine()
    private let uniqueViolation = PostgresError(.uniqueViolation, sqlState: "23505", message: "duplicate")
    private let shutdown = PostgresError(.unavailable, sqlState: "57P01", message: "terminating")

    private func rows() throws -> Rows {
        Rows(try #require(PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK)))
    }

    private mutating func send(
        _ waiter: String, _ steps: [Machine.Step], lossCode: PostgresError.Code = .connectionLost,
        isRead: Bool = false, deadline: UInt64 = 100
    ) {
        machine.begin(waiter, Machine.Terms(lossCode: lossCode, isRead: isRead, deadline: deadline))
        for step in steps { machine.expect(step) }
        machine.expect(.sync)
    }

    /// The waiter and how it ended: the number of results, or the error.
    private func ending(_ action: Machine.Action) -> (String, Int?, PostgresError?, Retry?)? {
        guard case .finish(let waiter, let answer) = action else { return nil }
        return ending((waiter, answer))
    }

    private func ending(_ ended: (String, Answer)) -> (String, Int?, PostgresError?, Retry?) {
        switch ended.1 {
        case .rows(_, let more): (ended.0, 1 + more.count, nil, nil)
        case .failure(let error, let retry): (ended.0, nil, error, retry)
        }
    }

    @Test("an error stays with its own flight")
    mutating func isolation() throws {
        send("a", [.statement(1)])
        send("b", [.statement(2)])
        send("c", [.statement(1)])
        #expect(machine.load == 3)
        _ = machine.receive(.rows(try rows()))
        #expect(ending(machine.receive(.sync))?.1 == 1)
        _ = machine.receive(.failure(uniqueViolation))
        let failed = try #require(ending(machine.receive(.sync)))
        #expect(failed.0 == "b")
        #expect(failed.2 == uniqueViolation)
        #expect(failed.3 == .never)
        _ = machine.receive(.rows(try rows()))
        #expect(ending(machine.receive(.sync))?.0 == "c")
        #expect(machine.load == 0)
        #expect(!machine.isExpectingReply)
    }

    @Test("reads under one sync: rows are told at once, those behind an error may be sent again")
    mutating func sharedSync() throws {
        for (index, waiter) in ["a", "b", "c", "d"].enumerated() {
            if index > 0 { machine.expect(.next) }
            var terms = Machine.Terms(lossCode: .connectionLost, isRead: true, deadline: 100)
            terms.isShared = true
            machine.begin(waiter, terms)
            if waiter == "d" { machine.expect(.prepare(9)) }
            machine.expect(.statement(1))
        }
        machine.expect(.sync)
        send("e", [.statement(1)])
        let answered = try #require(ending(machine.receive(.rows(try rows()))))
        #expect(answered.0 == "a" && answered.1 == 1)
        _ = machine.receive(.failure(uniqueViolation))
        _ = machine.receive(.skipped)
        guard case .forget(9) = machine.receive(.skipped) else { throw Unexpected() }
        _ = machine.receive(.skipped)
        guard case .finishAll(let ended) = machine.receive(.sync) else { throw Unexpected() }
        let ends = ended.map { ending($0) }
        #expect(ends.map(\.0) == ["b", "c", "d"] && ends.map(\.3) == [.never, .reads, .reads])
        #expect(ends[0].2 == uniqueViolation && machine.load == 1)
        _ = machine.receive(.rows(try rows()))
        #expect(ending(machine.receive(.sync))?.0 == "e" && machine.load == 0)
    }

    @Test("a loss is told to those under a sync who have not heard yet")
    mutating func lossUnderSharedSync() throws {
        for (index, waiter) in ["a", "b"].enumerated() {
            if index > 0 { machine.expect(.next) }
            var terms = Machine.Terms(lossCode: .connectionLost, isRead: true, deadline: 100)
            terms.isShared = true
            machine.begin(waiter, terms)
            machine.expect(.statement(1))
        }
        machine.expect(.sync)
        _ = machine.receive(.rows(try rows()))
        let ended = machine.close(shutdown).map { ending($0) }
        #expect(ended.map(\.0) == ["b"] && ended.map(\.3) == [.reads])
    }

    private struct Unexpected: Error {}

    @Test("the rest of a flight is skipped after its first error; what was to be prepared is forgotten")
    mutating func skipping() throws {
        send("a", [.control(1), .statement(2), .prepare(3), .statement(3), .control(4)])
        _ = machine.receive(.rows(try rows()))
        _ = machine.receive(.failure(uniqueViolation))
        guard case .forget(3) = machine.receive(.skipped) else {
            Issue.record("the skipped preparation is remembered")
            return
        }
        _ = machine.receive(.skipped)
        _ = machine.receive(.skipped)
        #expect(ending(machine.receive(.sync))?.2 == uniqueViolation)
    }

    @Test("the rows of housekeeping go to nobody")
    mutating func control() throws {
        send("a", [.control(1), .prepare(2), .statement(2), .statement(2), .control(3)])
        for _ in 0..<5 { _ = machine.receive(.rows(try rows())) }
        #expect(ending(machine.receive(.sync))?.1 == 2)
    }

    @Test("an unknown prepared statement is forgotten and may be tried again")
    mutating func stale() throws {
        send("a", [.statement(7)])
        let unknown = PostgresError(.other, sqlState: "26000", message: "prepared statement does not exist")
        guard case .forget(7) = machine.receive(.failure(unknown)) else {
            Issue.record("the stale statement is remembered")
            return
        }
        #expect(ending(machine.receive(.sync))?.3 == .reads)
    }

    @Test("what a loss means depends on what was sent")
    mutating func loss() throws {
        send("answered read", [.statement(1), .statement(1)], isRead: true)
        send("read", [.statement(1)], isRead: true)
        send("write", [.statement(1)])
        send("before commit", [.statement(1)], lossCode: .unavailable)
        _ = machine.receive(.rows(try rows()))
        let ended = machine.close(shutdown).map { ending($0) }
        #expect(ended.map(\.0) == ["answered read", "read", "write", "before commit"])
        #expect(ended.map(\.2?.code) == [.connectionLost, .connectionLost, .connectionLost, .unavailable])
        #expect(ended.map(\.3) == [.never, .reads, .never, .never])
        #expect(!machine.isOpen)
    }

    @Test("the statement's own error outlives the loss of the connection")
    mutating func errorBeforeLoss() {
        send("a", [.statement(1)])
        _ = machine.receive(.failure(uniqueViolation))
        #expect(machine.close(shutdown).map { ending($0).2 } == [uniqueViolation])
    }

    @Test("a shutdown by the administrator and a read-only server end the connection")
    mutating func disconnecting() {
        send("a", [.statement(1)])
        guard case .disconnect(shutdown) = machine.receive(.failure(shutdown)) else {
            Issue.record("the connection is kept")
            return
        }
        let readOnly = PostgresError(.unavailable, sqlState: "25006", message: "read-only transaction")
        var second = Machine()
        second.begin("b", Machine.Terms(lossCode: .connectionLost, deadline: 1))
        second.expect(.statement(1))
        second.expect(.sync)
        guard case .disconnect(let reason) = second.receive(.failure(readOnly)) else {
            Issue.record("the connection is kept")
            return
        }
        #expect(second.close(reason).map { ending($0).2?.code } == [.unavailable])
    }

    @Test("only the oldest flight is asked whether it is overdue; a read that is fails as timed out")
    mutating func deadline() {
        #expect(!machine.isOverdue(now: 1000))
        send("a", [.statement(1)], isRead: true, deadline: 100)
        #expect(!machine.isOverdue(now: 99))
        #expect(machine.isOverdue(now: 100))
        let reason = PostgresError(.timeout, message: "no answer")
        let ended = machine.close(reason, isDeadline: true).map { ending($0) }
        #expect(ended.map(\.2?.code) == [.timeout])
        #expect(ended.map(\.3) == [.never])
    }

    @Test("an answer nobody asked for is noticed")
    mutating func outOfStep() throws {
        guard case .outOfStep = machine.receive(.sync) else {
            Issue.record("accepted")
            return
        }
        send("a", [.statement(1)])
        guard case .outOfStep = machine.receive(.sync) else {
            Issue.record("accepted")
            return
        }
    }
}
