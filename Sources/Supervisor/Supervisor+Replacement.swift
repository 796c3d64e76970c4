import Glibc
import Observability

/// Replacing workers that work: the new one starts and is ready before the old one drains, one slot at a time.
extension Supervisor {
    /// Seconds between two looks at what workers have used up.
    private static let recyclingInterval = 2.0
    /// Seconds that pass after a replacement that failed.
    private static let pauseAfterFailure = 60.0

    func tendReplacement() {
        guard stopping == .no, newcomer == nil, retired.isEmpty else { return }
        if replacements.isEmpty {
            finishRolling()
            findWornOut()
        }
        guard services.areUp, !replacements.isEmpty else { return }
        let (index, reason) = replacements.removeFirst()
        // A slot without a worker gets one of the new kind anyway.
        guard index < slots.count, slots[index].isReady else { return }
        var worker = WorkerSlot(index: index)
        do {
            try start(&worker)
            newcomer = (worker, reason)
        } catch {
            replacementFailed(index, error.description)
        }
    }

    private func findWornOut() {
        guard rollingSince == nil, reload == nil, nextRecyclingCheck <= Self.now else { return }
        nextRecyclingCheck = Self.now + Self.recyclingInterval
        guard configuration.recycling != Recycling() else { return }
        for slot in slots where slot.isReady {
            let reason = configuration.recycling.reason(
                requests: board.slot(slot.line).requests &- slot.requestsBefore,
                residentBytes: ResidentMemory.bytes(slot.pid), age: Self.now - slot.startedAt, spread: slot.spread)
            if let reason { replacements.append((slot.index, reason)) }
        }
    }

    func newcomerIsReady() {
        guard let (arrived, reason) = newcomer else { return }
        newcomer = nil
        hasReplaced = true
        report(.workerReady(slot: arrived.line, pid: arrived.pid))
        guard arrived.index < slots.count else { return retire(arrived) }
        let leaver = slots[arrived.index]
        slots[arrived.index] = arrived
        report(.workerReplaced(slot: arrived.line, pid: leaver.pid, replacement: arrived.pid, reason: reason))
        counters.restarted(reason.rawValue)
        if leaver.isAlive { retire(leaver) }
    }

    func newcomerDied(_ reason: ExitReason) {
        guard let (worker, _) = newcomer else { return }
        newcomer = nil
        bury(worker)
        replacementFailed(worker.index, reason.description)
    }

    /// Everything stays as it is. When no worker has come up with a new configuration, the old one is in force again.
    private func replacementFailed(_ index: Int, _ reason: String) {
        report(.replacementFailed(slot: index, reason: reason))
        replacements = []
        nextRecyclingCheck = Self.now + Self.pauseAfterFailure
        guard rollingSince != nil else { return }
        counters.count("timetracker_reloads_total", "outcome", "failed")
        rollingSince = nil
        if let fallback, !hasReplaced {
            configuration.secrets?.discard()
            program.close()
            (configuration, program) = fallback
            self.fallback = nil
        } else {
            companions.replace(with: companionsToCome)
            dropFallback()
        }
        Notify.send("READY=1\nSTATUS=serving; the last reload failed")
    }

    // MARK: All of them

    /// Replaces every worker, and the companions after them.
    func beginRolling(companions: [ServiceProcess] = []) {
        rollingSince = Self.now
        hasReplaced = false
        companionsToCome = companions
        while slots.count > configuration.workers { removeWorker() }
        replacements = slots.indices.map { ($0, .reload) }
        while slots.count < min(configuration.workers, Self.maxWorkers) { addWorker() }
    }

    private func finishRolling() {
        guard let since = rollingSince else { return }
        rollingSince = nil
        companions.replace(with: companionsToCome)
        dropFallback()
        counters.count("timetracker_reloads_total", "outcome", "done")
        counters.setBuild(configuration.version, startedAt: Double(time(nil)) - Self.now + startedAt)
        report(.reloaded(seconds: Self.now - since))
        Notify.send("READY=1\nSTATUS=serving")
    }

    private func dropFallback() {
        fallback?.program.close()
        fallback?.configuration.secrets?.discard()
        fallback = nil
    }
}
