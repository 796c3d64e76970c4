/// The business rules of time entries, in the order in which they are checked (behaviour.md §5.5, §5.10).
enum EntryRules {
    /// Seconds a running entry's start may lie ahead of the clock.
    static let futureTolerance: Int64 = 60

    static func checkTarget(_ lookup: EntryLookup) throws -> EntryLookup.User {
        guard let user = lookup.user, user.isActive else {
            throw APIError.validation("user_id", "user_id must name an active user")
        }
        return user
    }

    /// Project and client of a new completed entry.
    static func checkPlace(_ keys: EntryLookup.Keys, _ lookup: EntryLookup) throws {
        if keys.projectID != nil {
            guard let project = lookup.project else { throw APIError.validation("project_id", "Project not found") }
            guard project.isVisible else { throw APIError.forbidden("You do not have access to this project") }
            if let clientID = keys.clientID, clientID != project.clientID {
                throw APIError.validation("client_id", "client_id must be the project's client")
            }
        } else {
            guard let client = lookup.client else { throw APIError.validation("client_id", "Client not found") }
            guard client.isVisible else { throw APIError.forbidden("You do not have access to this client") }
        }
    }

    static func refuseArchived(_ project: EntryLookup.Project?) throws {
        if project?.status == "archived" {
            throw APIError.rule("project_archived", "The project is archived; new time can't be booked on it")
        }
    }

    /// Timers run on active projects only.
    static func requireActive(_ project: EntryLookup.Project) throws {
        try refuseArchived(project)
        guard project.status == "active" else {
            throw APIError.rule("project_inactive", "The project is not active; timers can't run on it")
        }
    }

    static func checkTask(_ taskID: Int64?, _ lookup: EntryLookup, refusal: APIError? = nil) throws {
        guard taskID != nil else { return }
        guard let task = lookup.task, let project = lookup.project, task.projectID == project.id else {
            throw refusal ?? APIError.validation("task_id", "task_id must name a task of the project")
        }
    }

    static func checkRequirements(hasProject: Bool, taskID: Int64?, notes: String?, _ settings: Settings) throws {
        if settings.requiresTask, hasProject, taskID == nil {
            throw APIError.rule("task_required", "Time entries on a project need a task")
        }
        guard settings.requiresDescription else { return }
        let length = Tags.trim(notes ?? "").unicodeScalars.count
        if length == 0 { throw APIError.rule("description_required", "Time entries need a description") }
        if length < settings.descriptionMinLength {
            throw APIError.rule(
                "description_too_short",
                "The description needs at least \(settings.descriptionMinLength) characters")
        }
    }

    static func checkSpan(start: Instant, end: Instant) throws {
        guard end > start else { throw APIError.validation("end_time", "end_time must be after start_time") }
    }

    static func checkRunningStart(_ start: Instant, now: Instant) throws {
        if start > now + futureTolerance {
            throw APIError.validation("start_time", "A running timer can't start in the future")
        }
    }

    /// - Parameter timer: the running one; nil if it has been stopped since.
    static func timerAlreadyRunning(_ timer: TimeEntry?) -> APIError {
        var error = APIError(
            .conflict, "timer_already_running", "A timer is already running", message: "Stop the running timer first")
        error.extra = { json in
            json.key("timer")
            if let timer { timer.write(to: &json) } else { json.null() }
        }
        return error
    }

    static let overlapping = APIError.rule(
        "overlapping_entry", "Another time entry of this user overlaps with this time")
    static let timerActive = APIError.rule(
        "timer_active", "The entry is a running timer; stop it first")
}
