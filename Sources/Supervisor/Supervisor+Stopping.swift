import Glibc

/// The end of the service.
extension Supervisor {
    func drain(hurry: Bool) {
        if hurry {
            stopping = .until(Self.now + 2)
        } else {
            stop(exitCode: 0, reason: "signal")
        }
    }

    func stop(exitCode: Int32, reason: String) {
        guard stopping == .no else { return }
        self.exitCode = exitCode
        report(.draining(reason: reason))
        Notify.send("STOPPING=1")
        stopping = .until(Self.now + configuration.drainTimeout)
        companions.beginStop()
        if let probe = reload?.probe { kill(-probe.pid, SIGKILL) }
        reload = nil
        replacements = []
        if let worker = newcomer?.worker { retire(worker) }
        newcomer = nil
        for index in slots.indices {
            if slots[index].isAlive {
                kill(slots[index].pid, SIGTERM)
                slots[index].phase = .draining(killAt: .infinity)
            } else {
                slots[index].phase = .stopped
            }
        }
    }

    func quit() {
        stop(exitCode: 0, reason: "QUIT")
        for worker in slots + retired where worker.isAlive { kill(worker.pid, SIGKILL) }
        companions.killRemaining()
    }

    func enforceStop() {
        guard case .until(let deadline) = stopping, deadline <= Self.now else { return }
        for worker in slots + retired where worker.isAlive {
            report(.killing(pid: worker.pid))
            kill(worker.pid, SIGKILL)
        }
        companions.killRemaining()
        stopping = .until(Self.now + 1)
    }
}
