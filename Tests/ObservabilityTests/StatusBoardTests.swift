import Glibc
import Testing

@testable import Observability

@Suite struct StatusBoardTests {
    @Test func twoMappingsSeeTheSameSlots() throws {
        let (board, fd) = try StatusBoard.create(slots: 3)
        defer { close(fd) }
        let other = try StatusBoard.attach(fd: fd)
        #expect(other.slotCount == 3)
        other.slot(2).state = .ready
        other.slot(2).pid = 4711
        other.slot(2).beat(99)
        other.slot(2).addConnections(5)
        other.slot(2).addConnections(-2)
        other.slot(2).addRequest()
        other.slot(2).health = [.database]
        let line = board.slot(2)
        #expect(line.state == .ready && line.pid == 4711 && line.heartbeat == 99 && line.connections == 3)
        #expect(line.requests == 1 && line.health == .database)
        #expect(board.slot(1).state == .empty && board.slot(1).connections == 0)
    }

    @Test func countersOutliveTheWorkerAndLiveValuesDoNot() throws {
        let (board, fd) = try StatusBoard.create(slots: 1)
        close(fd)
        let line = board.slot(0)
        line.occupy()
        line.pid = 12
        line.addRequest()
        line.addConnections(4)
        line.beat(77)
        line.vacate()
        #expect(line.pid == 0 && line.state == .gone && line.connections == 0 && line.heartbeat == 0)
        line.occupy()
        #expect(line.state == .booting && line.generation == 2)
        #expect(board.totalRequests == 1)
    }

    @Test func aDescriptorThatIsNoBoardIsRefused() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        #expect(throws: SystemCallError.self) { try StatusBoard.attach(fd: ends[0]) }
    }

    @Test func aWorkerCanNotShrinkTheBoard() throws {
        let (_, fd) = try StatusBoard.create(slots: 1)
        defer { close(fd) }
        #expect(ftruncate(fd, 0) == -1)
    }
}
