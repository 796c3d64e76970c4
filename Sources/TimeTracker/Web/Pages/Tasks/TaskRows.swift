/// The lines of the list of tasks.
enum TaskRows {
    static func html(_ tasks: [TaskItem], _ format: PersonFormat) -> HTML {
        var html = HTMLWriter(capacity: 1024 * max(tasks.count, 1))
        for task in tasks { write(task, format, to: &html) }
        return html.finish()
    }

    private static func write(_ task: TaskItem, _ format: PersonFormat, to html: inout HTMLWriter) {
        html.literal("<tr><th scope=\"row\"><a href=\"/tasks/")
        html.number(task.id.number)
        html.literal("\">")
        html.text(task.name)
        html.literal("</a>")
        for tag in Tags.split(task.tags) {
            html.literal(" <span class=\"chip\">")
            html.text(tag)
            html.literal("</span>")
        }
        html.literal("</th><td data-label=\"Project\"><a href=\"/projects/")
        html.number(task.projectID.number)
        html.literal("\">")
        html.text(task.projectName ?? "")
        html.literal("</a></td><td data-label=\"Status\"><span class=\"status ")
        html.text(task.status.rawValue)
        html.literal("\">")
        html.text(task.status.displayName)
        html.literal("</span></td><td data-label=\"Priority\">")
        let isUrgent = task.priority.level == .urgent
        if isUrgent { html.literal("<strong class=\"down\">") }
        html.text(task.priority.level.displayName)
        if isUrgent { html.literal("</strong>") }
        html.literal("</td><td class=\"num\" data-label=\"Due\">")
        if let due = task.dueDate { html.text(format.date(due)) }
        if task.isOverdue { html.literal(" <span class=\"chip down\">overdue</span>") }
        html.literal("</td><td data-label=\"Assigned to\">")
        html.text(task.assignee ?? "")
        html.literal("</td><td class=\"right num\" data-label=\"Hours\">")
        html.text(PersonFormat.hours(task.totalSeconds))
        html.literal("</td></tr>\n")
    }
}
