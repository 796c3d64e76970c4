import ArgumentParser
import Glibc
import Logging
import Observability
import TimeTracker

/// Started by the supervisor, with its sockets and the status board as open descriptors.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "One HTTP worker; started by serve.", shouldDisplay: false)

    @Argument var slot: Int

    func run() throws {
        StopSignal.block()
        let environment = ProcessEnvironment.read()
        guard ParentProcess.dieWith(supervisor: environment["TT_SUPERVISOR_PID"].flatMap { Int32($0) }) else { return }
        let configuration: AppConfiguration
        do {
            configuration = try AppConfiguration(environment: environment, file: nil)
        } catch {
            for problem in error.problems { Terminal.error(problem) }
            throw ExitCode(78)
        }
        let logging = LogSetup(configuration, isTerminal: Terminal.isInteractive)
        let listeners = (environment["TT_LISTENERS"] ?? "3").split(separator: ",").compactMap { Int32($0) }
        let inheritance = Worker.Inheritance(
            slotIndex: slot, listeners: listeners,
            board: try? StatusBoard.attach(fd: 4), readyPipe: 5)
        let worker = Worker(
            configuration: configuration, inheritance: inheritance, logger: logging.logger(slot: slot),
            accessLog: logging.accessLog(slot: slot))
        let stop = StopSignal()
        let logger = logging.logger(slot: slot)
        Task.detached {
            do {
                try await worker.run(until: stop)
                Glibc.exit(0)
            } catch {
                logger.critical("worker failed", metadata: ["detail": "\(error)"])
                Glibc.exit(1)
            }
        }
        stop.listen()
        while true { pause() }
    }
}
