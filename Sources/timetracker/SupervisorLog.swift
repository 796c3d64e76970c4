import Logging
import Supervisor
import TimeTracker

/// Log lines for what the supervisor reports.
struct SupervisorLog {
    private let logger: Logger
    private let setup: LogSetup

    init(_ setup: LogSetup) {
        self.setup = setup
        logger = setup.logger(slot: nil)
    }

    func announce(_ addresses: [String]) {
        logger.notice("serving", metadata: ["addresses": "\(addresses.joined(separator: " "))"])
        setup.flush()
    }

    func write(_ event: SupervisorEvent) {
        switch event {
        case .listening(let address): logger.info("listening", metadata: ["address": "\(address)"])
        case .workerStarted(let slot, let pid):
            logger.debug("worker started", metadata: ["slot": "\(slot)", "pid": "\(pid)"])
        case .workerReady(let slot, let pid):
            logger.debug("worker is ready", metadata: ["slot": "\(slot)", "pid": "\(pid)"])
        case .workerDied(let slot, let pid, let reason, let restartIn):
            logger.error(
                "worker died",
                metadata: ["slot": "\(slot)", "pid": "\(pid)", "reason": "\(reason)", "restart_in_s": "\(restartIn)"])
        case .workerStuck(let slot, let pid, let threads):
            logger.error("worker stuck", metadata: ["slot": "\(slot)", "pid": "\(pid)", "threads": "\(threads)"])
        case .serviceStarted(let name, let pid):
            logger.info("service started", metadata: ["service": "\(name)", "pid": "\(pid)"])
        case .serviceDied(let name, let reason, let restartIn):
            logger.error(
                "service died", metadata: ["service": "\(name)", "reason": "\(reason)", "restart_in_s": "\(restartIn)"])
        case .draining(let reason): logger.notice("draining", metadata: ["reason": "\(reason)"])
        case .killing(let pid):
            logger.warning("killing a process that did not stop in time", metadata: ["pid": "\(pid)"])
        case .crashLoop: logger.critical("giving up: workers die before they are ready and none serves")
        case .backlogCut(let wanted, let limit):
            logger.warning(
                "the kernel cuts the accept queue",
                metadata: ["backlog": "\(wanted)", "net.core.somaxconn": "\(limit)"])
        case .stopped: logger.notice("stopped")
        }
        setup.flush()
    }
}
