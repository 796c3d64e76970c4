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
        case .reloading, .reloadRefused, .workerReplaced, .replacementFailed, .reloaded, .tookOver, .handoverFailed:
            writeReplacement(event)
        }
        setup.flush()
    }

    private func writeReplacement(_ event: SupervisorEvent) {
        switch event {
        case .reloading(let supervisorToo):
            logger.notice("reloading", metadata: ["supervisor": "\(supervisorToo)"])
        case .reloadRefused(let reason):
            logger.error("reload refused, nothing has changed", metadata: ["reason": "\(reason)"])
        case .workerReplaced(let slot, let pid, let replacement, let reason):
            logger.info(
                "worker replaced",
                metadata: [
                    "slot": "\(slot)", "pid": "\(pid)", "replacement": "\(replacement)", "reason": "\(reason)",
                ])
        case .replacementFailed(let slot, let reason):
            logger.error(
                "replacement failed, the old worker goes on", metadata: ["slot": "\(slot)", "reason": "\(reason)"])
        case .reloaded(let seconds): logger.notice("reloaded", metadata: ["seconds": "\(seconds)"])
        case .tookOver(let workers): logger.notice("took over", metadata: ["workers": "\(workers)"])
        case .handoverFailed(let reason): logger.error("handover failed", metadata: ["reason": "\(reason)"])
        default: break
        }
    }
}
