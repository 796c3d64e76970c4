import FoundationEssentials
import Glibc
import Observability

/// What a supervisor leaves to the one that it becomes: the same process goes on with another program (execve(2)), so its
/// children stay its children and its sockets stay open.
public struct Handover: Codable {
    /// Variable that tells the successor the descriptor of the description.
    public static let variable = "TT_HANDOVER"
    /// Raised when older descriptions can't be read any more.
    static let currentFormat = 1

    struct Worker: Codable {
        var index: Int
        var line: Int
        var pid: Int32
        var pipe: Int32
        var startedAt: Double
        var requestsBefore: UInt64
        /// Monotonic seconds since when it serves; nil while it starts.
        var readySince: Double?
        /// Monotonic seconds at which it is killed; nil while it is wanted.
        var killAt: Double?
    }

    var format: Int
    var listeners: [Int32]
    var names: [String]
    var socketPaths: [String]
    var boardDescriptor: Int32
    /// Holds the data directory of embedded mode.
    public var lock: Int32?
    var workers: [Worker]
    var leavers: [Worker]
    var services: [ServiceKeeper.Adopted]
    var companions: [ServiceKeeper.Adopted]
    var hasBeenReady: Bool
    var admin: Int32?
    var adminName: String?
    var adminPath: String?
    /// Monotonic seconds.
    var startedAt: Double

    /// What this process was told when it was another program; nil when it has just been started.
    /// - Throws: ``SupervisorError`` when it can't be understood.
    public static func take() throws -> Handover? {
        guard let text = getenv(variable), let descriptor = Int32(String(cString: text)) else { return nil }
        unsetenv(variable)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        close(descriptor)
        let handover = try JSONDecoder().decode(Handover.self, from: Data(bytes))
        guard handover.format == currentFormat else {
            throw SupervisorError("the supervisor's handover has the format \(handover.format)")
        }
        for descriptor in handover.descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return handover
    }

    /// Everything that has to stay open.
    var descriptors: [Int32] {
        listeners + [boardDescriptor] + [lock, admin].compactMap(\.self)
            + (workers + leavers).map(\.pipe).filter { $0 >= 0 }
    }

    /// Nil when there was none.
    func takeAdmin() -> AdminServer? {
        guard let admin, let adminName else { return nil }
        return AdminServer(descriptor: admin, name: adminName, socketPath: adminPath)
    }

    var listener: Listener { Listener(descriptors: listeners, names: names, socketPaths: socketPaths) }

    var slots: [WorkerSlot] { workers.map(Self.slot) }
    var retired: [WorkerSlot] { leavers.map(Self.slot) }

    /// The board that the workers write to; a new one where this release's is made differently.
    func takeBoard() throws -> (StatusBoard, Int32) {
        if let board = try? StatusBoard.attach(fd: boardDescriptor) { return (board, boardDescriptor) }
        close(boardDescriptor)
        return try Supervisor.makeBoard()
    }

    private static func slot(_ worker: Worker) -> WorkerSlot {
        var slot = WorkerSlot(index: worker.index)
        guard worker.pid != 0 else { return slot }
        slot.line = worker.line
        slot.pid = worker.pid
        slot.pipe = worker.pipe
        slot.startedAt = worker.startedAt
        slot.requestsBefore = worker.requestsBefore
        if let killAt = worker.killAt {
            slot.phase = .draining(killAt: killAt)
        } else {
            slot.phase = worker.readySince.map { .ready(since: $0) } ?? .booting(since: worker.startedAt)
        }
        return slot
    }

    static func worker(_ slot: WorkerSlot) -> Worker {
        var worker = Worker(
            index: slot.index, line: slot.line, pid: slot.pid, pipe: slot.pipe, startedAt: slot.startedAt,
            requestsBefore: slot.requestsBefore)
        switch slot.phase {
        case .ready(let since): worker.readySince = since
        case .draining(let killAt), .aborting(let killAt): worker.killAt = killAt.isFinite ? killAt : 0
        case .waiting, .booting, .stopped: break
        }
        return worker
    }
}
