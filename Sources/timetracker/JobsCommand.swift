import ArgumentParser
import Glibc
import Logging
import Observability
import Supervisor
import TimeTracker

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Send webhooks and stop idle timers; serve starts this by itself unless JOBS is false.",
        discussion: """
            May run on any number of hosts. TERM or ^C lets attempts in flight finish for up to DRAIN_TIMEOUT seconds; what is \
            cut off then is sent again by another process or at the next start.
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        StopSignal.block()
        let environment = ProcessEnvironment.read()
        let supervisor = environment["TT_SUPERVISOR_PID"].flatMap { Int32($0) }
        guard ParentProcess.dieWith(supervisor: supervisor) else { return }
        // A supervisor passes on the whole effective configuration; a file would only add to it.
        let configuration = supervisor == nil ? try common.resolved() : try inherited(environment)
        ProcessEnvironment.forget(AppConfiguration.secretVariables)
        let logging = LogSetup(configuration, isTerminal: Terminal.isInteractive)
        var logger = logging.logger(slot: nil)
        logger[metadataKey: "process"] = "jobs"
        let board = supervisor.flatMap { _ in try? StatusBoard.attach(fd: ServiceProcess.boardDescriptor) }
        let jobs = Jobs(configuration: configuration, logger: logger, board: board) { logging.flush() }
        let stop = StopSignal()
        Task.detached { [logger] in
            do {
                try await jobs.run(until: stop)
                Glibc.exit(0)
            } catch {
                logger.critical("jobs failed", metadata: ["detail": "\(error)"])
                logging.flush()
                Glibc.exit(1)
            }
        }
        stop.listen()
        while true { pause() }
    }

    private func inherited(_ environment: [String: String]) throws -> AppConfiguration {
        do throws(ConfigurationError) {
            return try AppConfiguration(environment: environment, file: nil)
        } catch {
            for problem in error.problems { Terminal.error(problem) }
            throw ExitCode(78)
        }
    }
}
