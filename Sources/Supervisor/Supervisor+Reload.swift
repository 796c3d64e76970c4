import CKernel
import Glibc

/// HUP and USR2: the program on disk is asked for its configuration and looks at the database before anything is replaced.
extension Supervisor {
    /// Seconds that reading the configuration may take.
    private static let readTime = 30.0
    /// Seconds that the check may take, which may bring a private database's schema up to date.
    private static let checkTime = 600.0

    func beginReload(_ purpose: Reload.Purpose) {
        guard stopping == .no, let reloads else { return }
        // The last one counts; USR2 says more than HUP.
        guard reload == nil, rollingSince == nil else {
            nextReload = nextReload == .supervisor ? .supervisor : purpose
            return
        }
        report(.reloading(supervisorToo: purpose == .supervisor))
        Notify.send("RELOADING=1\nMONOTONIC_USEC=\(kernel_monotonic_ns() / 1000)")
        do {
            let probe = try Probe(
                [configuration.executable] + reloads.arguments, environment: reloads.environment,
                secrets: reloads.secrets, deadline: Self.now + Self.readTime)
            reload = Reload.Progress(purpose: purpose, probe: probe)
        } catch {
            refuse(error.description)
        }
    }

    func tendReload() {
        guard stopping == .no else { return }
        guard let progress = reload else {
            guard rollingSince == nil, let purpose = nextReload else { return }
            nextReload = nil
            return beginReload(purpose)
        }
        guard let reason = progress.probe.reason else {
            if progress.probe.deadline <= Self.now { kill(-progress.probe.pid, SIGKILL) }
            return
        }
        // A worker that is on its way belongs to the configuration that is in force.
        guard newcomer == nil else { return }
        do {
            if let accepted = progress.accepted {
                try finishCheck(accepted, reason, progress)
            } else {
                guard reason.code == 0 else { throw SupervisorError(progress.probe.complaint) }
                try beginCheck(progress)
            }
        } catch {
            refuse("\(error)")
        }
    }

    private func beginCheck(_ progress: Reload.Progress) throws {
        guard let accepted = try reloads?.read(progress.probe.output) else { return }
        var next = progress
        next.accepted = accepted
        next.probe = try Probe(
            [configuration.executable] + accepted.check, environment: accepted.configuration.environment,
            secrets: accepted.checkSecrets, deadline: Self.now + Self.checkTime)
        accepted.checkSecrets.discard()
        reload = next
    }

    private func finishCheck(_ accepted: Reload.Accepted, _ reason: ExitReason, _ progress: Reload.Progress) throws {
        if accepted.isRefusal(reason.code ?? 128) {
            accepted.configuration.secrets?.discard()
            throw SupervisorError(progress.probe.complaint)
        }
        reload = nil
        if progress.purpose == .supervisor {
            // What comes back from this has failed.
            let problem = becomeSuccessor()
            accepted.configuration.secrets?.discard()
            report(.handoverFailed(reason: problem))
            return Notify.send("READY=1\nSTATUS=serving; the last handover failed")
        }
        let next = try Program(configuration.executable)
        fallback = (configuration, program)
        let workers = slots.count
        let isResized = accepted.configuration.workers != configuration.workers
        (configuration, program) = (accepted.configuration, next)
        // A number that TTIN and TTOU have made stays until the configuration has another one.
        if !isResized { configuration.workers = workers }
        beginRolling(companions: accepted.companions)
    }

    private func refuse(_ reason: String) {
        reload = nil
        counters.count("timetracker_reloads_total", "outcome", "refused")
        report(.reloadRefused(reason: reason))
        Notify.send("READY=1\nSTATUS=serving; the last reload was refused")
    }
}
