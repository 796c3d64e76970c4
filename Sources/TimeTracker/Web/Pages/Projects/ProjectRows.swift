/// The lines of the list of projects.
enum ProjectRows {
    static func html(_ projects: [Project]) -> HTML {
        var html = HTMLWriter(capacity: 1024 * max(projects.count, 1))
        for project in projects { write(project, to: &html) }
        return html.finish()
    }

    private static func write(_ project: Project, to html: inout HTMLWriter) {
        html.literal("<tr><th scope=\"row\">")
        if let color = project.color {
            html.literal(
                "<svg class=\"swatch\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><circle cx=\"6\" cy=\"6\" r=\"6\" fill=\""
            )
            html.text(color)
            html.literal("\"/></svg> ")
        }
        html.literal("<a href=\"/projects/")
        html.number(project.id.number)
        html.literal("\">")
        html.text(project.name)
        html.literal("</a> <span class=\"hint\">")
        html.text(project.code ?? "")
        html.literal("</span></th><td data-label=\"Client\"><a href=\"/clients/")
        html.number(project.clientID.number)
        html.literal("\">")
        html.text(project.clientName ?? "")
        html.literal("</a></td><td data-label=\"Status\"><span class=\"status ")
        html.text(project.status.rawValue)
        html.literal("\">")
        html.text(project.status.displayName)
        html.literal("</span></td><td class=\"right num\" data-label=\"Hours\">")
        html.text(PersonFormat.hours(project.totalSeconds))
        html.literal("</td><td class=\"right num\" data-label=\"Billable\">")
        html.text(PersonFormat.hours(project.billableSeconds))
        html.literal("</td><td class=\"num\" data-label=\"Budget used\">")
        if project.budgetAmount != nil {
            if let share = ProjectPages.share(project) { html.number(share) }
            html.literal(" %")
            if project.exceedsThreshold { html.literal(" <span class=\"chip down\">over the mark</span>") }
        }
        html.literal("</td></tr>\n")
    }
}
