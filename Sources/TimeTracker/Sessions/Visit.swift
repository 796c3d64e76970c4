/// Who is on the other side of a browser request, as far as cookies tell.
struct Visit: Sendable {
    /// Nil when not signed in.
    let session: SessionID?
    let user: SessionUser?
    /// What forms of this visit must send back.
    let csrfToken: String
    /// What forms have that were made with the server's key before this one.
    var formerCSRFToken: String?
    let flash: Flash?
}

/// One line that the next page shows once. It travels as a code in a cookie, so that nobody can put words on our pages.
enum Flash: String, Sendable, CaseIterable {
    case formExpired = "form-expired"
    case signedOut = "signed-out"
    case passwordChanged = "password-changed"
    case tokenActivated = "token-activated"
    case tokenDeactivated = "token-deactivated"
    case tokenDeleted = "token-deleted"
    case tokenGone = "token-gone"
    case setUp = "set-up"
    case saved
    case deleted
    case inUse = "in-use"
    case timerStarted = "timer-started"
    case timerStopped = "timer-stopped"
    case timerPaused = "timer-paused"
    case timerResumed = "timer-resumed"
    case timerDiscarded = "timer-discarded"
    case timerRefused = "timer-refused"
    case timerGone = "timer-gone"
    case timerRuns = "timer-runs"
    case timerGoesOn = "timer-goes-on"
    case idleNoticeOn = "idle-notice-on"
    case idleNoticeOff = "idle-notice-off"
    case entrySaved = "entry-saved"
    case entryDeleted = "entry-deleted"
    case entryCopied = "entry-copied"
    case entrySplit = "entry-split"
    case entriesRestored = "entries-restored"
    case entriesPartlyRestored = "entries-partly-restored"
    case nothingToCopy = "nothing-to-copy"
    case weekSaved = "week-saved"
    case projectSaved = "project-saved"
    case projectArchived = "project-archived"
    case projectRestored = "project-restored"
    case taskSaved = "task-saved"
    case taskDeleted = "task-deleted"
    case taskMovedBack = "task-moved-back"
    case reportSaved = "report-saved"
    case reportDeleted = "report-deleted"
    case quoteSaved = "quote-saved"
    case quoteMoved = "quote-moved"
    case quoteDeleted = "quote-deleted"
    case movementRecorded = "movement-recorded"
    case stockTransferred = "stock-transferred"
    case webhookSaved = "webhook-saved"
    case webhookDeleted = "webhook-deleted"
    case webhookTested = "webhook-tested"
    case webhookTestQueued = "webhook-test-queued"
    case webhookTestFailed = "webhook-test-failed"
    case deliveryQueued = "delivery-queued"
    case deliveryRefused = "delivery-refused"
    case userSaved = "user-saved"
    case userDeleted = "user-deleted"
    case userInUse = "user-in-use"
    case lastAdministrator = "last-administrator"
    case settingsSaved = "settings-saved"
    case modulesSaved = "modules-saved"
    case profileSaved = "profile-saved"
    case sessionEnded = "session-ended"
    case sessionGone = "session-gone"
    case sessionsEnded = "sessions-ended"

    static let cookieName = "flash"

    init?(_ cookie: RawText) {
        guard let flash = Self.allCases.first(where: { RawText($0.rawValue) == cookie }) else { return nil }
        self = flash
    }

    var text: String {
        switch self {
        case .formExpired: "The form had expired. Please try again."
        case .signedOut: "You have signed out."
        case .passwordChanged: "Your password has been changed."
        case .tokenActivated: "The token is active."
        case .tokenDeactivated: "The token is no longer active."
        case .tokenGone: "That token has been deleted already."
        case .tokenDeleted: "The token has been deleted."
        case .setUp: "Setup is complete. Sign in with the account you have just made."
        case .saved: "Your changes have been saved."
        case .deleted: "It has been deleted."
        case .inUse: "It could not be deleted: something else belongs to it still."
        case .timerStarted: "The timer is running."
        case .timerStopped: "The timer has been stopped."
        case .timerPaused: "The timer is paused."
        case .timerResumed: "The timer goes on."
        case .timerDiscarded: "The timer has been discarded; nothing was booked."
        case .timerRefused: "The timer could not be started: choose an active project."
        case .timerGone: "No timer is running any more."
        case .timerRuns: "A timer is running already. Stop it first."
        case .timerGoesOn: "The timer has counted on."
        case .idleNoticeOn: "You will be asked when you seem to be idle."
        case .idleNoticeOff: "You will not be asked any more."
        case .entrySaved: "The entry has been saved."
        case .entryDeleted: "The entry has been deleted."
        case .entryCopied: "The entry has been copied."
        case .entrySplit: "The entry has been split in two."
        case .entriesRestored: "The change has been taken back."
        case .entriesPartlyRestored: "The change has been taken back, but for entries that were changed again since."
        case .nothingToCopy: "Last week has no entries that could be copied to days that are still free."
        case .weekSaved: "The week has been saved."
        case .projectSaved: "The project has been saved."
        case .projectArchived: "The project has been archived."
        case .projectRestored: "The project is active again."
        case .taskSaved: "The task has been saved."
        case .taskDeleted: "The task has been deleted."
        case .taskMovedBack: "The task is back where it was."
        case .reportSaved: "The report has been saved."
        case .reportDeleted: "The report has been deleted."
        case .quoteSaved: "The quote has been saved."
        case .quoteMoved: "The quote is in its new state."
        case .quoteDeleted: "The quote has been deleted."
        case .movementRecorded: "The movement has been recorded."
        case .stockTransferred: "The stock has been transferred."
        case .webhookSaved: "The webhook has been saved."
        case .webhookDeleted: "The webhook has been deleted."
        case .webhookTested: "The test has been delivered."
        case .webhookTestQueued: "The test is queued and has not been sent yet."
        case .webhookTestFailed: "The test could not be delivered; the newest delivery says why."
        case .userSaved: "The user has been saved."
        case .userDeleted: "The user has been deleted."
        case .userInUse: "Time entries or other data belong to the user, or it is you; deactivate the account instead."
        case .lastAdministrator: "This is the last active administrator. Make somebody else one first."
        case .settingsSaved: "The settings have been saved."
        case .modulesSaved: "The modules have been switched."
        case .profileSaved: "Your profile has been saved."
        case .sessionEnded: "The session has ended."
        case .sessionGone: "That session has ended already."
        case .sessionsEnded: "All your other sessions have ended."
        case .deliveryQueued: "The delivery will be sent again."
        case .deliveryRefused: "It can't be sent again: the webhook is inactive, or it is being sent at this moment."
        }
    }

    var isProblem: Bool {
        switch self {
        case .formExpired, .inUse, .timerRefused, .timerGone, .timerRuns, .webhookTestFailed, .deliveryRefused,
            .userInUse, .lastAdministrator:
            true
        default: false
        }
    }
}

extension Exchange {
    /// Set on browser routes only.
    var visit: Visit? {
        get { note as? Visit }
        set { note = newValue }
    }
}
