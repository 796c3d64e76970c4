/// Writes the columns of the task board with their cards.
struct BoardMarkup {
    private let format: PersonFormat
    private let canWrite: Bool
    private let back: String
    /// Pairs of the query with which the list shows what the board shows.
    private let list: [Substring]
    private let keys: HTML
    private let statuses = KanbanColumn.all.map(\.status)

    /// - Parameter back: the board's address.
    init(_ call: Call, back: String, list: [Substring]) {
        format = call.format
        canWrite = call.principal.isWriter
        self.back = back
        self.list = list
        keys = canWrite ? Page.fragment("form_keys", call.exchange, ["back": back]) : HTML()
    }

    func html(_ board: TaskBoard) -> HTML {
        var html = HTMLWriter(capacity: 32 * 1024)
        for status in statuses { write(status, board.column(status), to: &html) }
        return html.finish()
    }

    private func write(_ status: TaskStatus, _ column: TaskBoard.Column, to html: inout HTMLWriter) {
        html.literal("<section class=\"lane\" data-status=\"")
        html.text(status.rawValue)
        html.literal("\" aria-labelledby=\"lane-")
        html.text(status.rawValue)
        html.literal("\"><h2 id=\"lane-")
        html.text(status.rawValue)
        html.literal("\"><span class=\"status ")
        html.text(status.rawValue)
        html.literal("\">")
        html.text(status.displayName)
        html.literal("</span> <span class=\"soft num\">")
        html.number(column.count)
        html.literal("</span></h2>\n")
        if column.cards.isEmpty { html.literal("<p class=\"soft none\">No tasks</p>") }
        html.literal("<ul class=\"cards\">")
        for card in column.cards { write(card, to: &html) }
        html.literal("</ul>")
        if column.count > Int64(column.cards.count) {
            html.literal("<p class=\"small\"><a href=\"/tasks?")
            html.text((list.filter { !$0.hasPrefix("status=") } + ["status=\(status.rawValue)"]).joined(separator: "&"))
            html.literal("\">All ")
            html.number(column.count)
            html.literal(" as a list</a></p>")
        }
        html.literal("</section>\n")
    }

    private func write(_ card: TaskBoard.Card, to html: inout HTMLWriter) {
        html.literal("<li class=\"task-card\" id=\"task-")
        html.number(card.id.number)
        html.literal("\"><a class=\"title\" href=\"/tasks/")
        html.number(card.id.number)
        html.literal("\">")
        html.text(card.name)
        html.literal("</a><div class=\"place\">")
        html.text(card.projectName)
        if let assignee = card.assignee {
            html.literal(" · ")
            html.text(assignee)
        }
        html.literal("</div>")
        if card.dueDate != nil || card.priority.rawValue >= TaskPriority.high.rawValue {
            html.literal("<div class=\"chips\">")
            if card.priority.rawValue >= TaskPriority.high.rawValue {
                html.literal(card.priority == .urgent ? "<span class=\"chip down\">" : "<span class=\"chip\">")
                html.text(card.priority.displayName)
                html.literal("</span>")
            }
            if let due = card.dueDate {
                html.literal(card.isOverdue ? "<span class=\"chip down\">overdue " : "<span class=\"chip\">due ")
                html.text(format.date(due))
                html.literal("</span>")
            }
            html.literal("</div>")
        }
        if canWrite { writeForm(card, to: &html) }
        html.literal("</li>\n")
    }

    private func writeForm(_ card: TaskBoard.Card, to html: inout HTMLWriter) {
        html.literal("<form method=\"post\" action=\"/tasks/board/move\">")
        html.html(keys)
        html.literal("<input type=\"hidden\" name=\"task_id\" value=\"")
        html.number(card.id.number)
        html.literal("\"><input type=\"hidden\" name=\"seen\" value=\"")
        html.number(card.updatedAt.microseconds)
        html.literal("\"><input type=\"hidden\" name=\"from\" value=\"")
        html.text(card.status.rawValue)
        html.literal("\">")
        let place = statuses.firstIndex(of: card.status) ?? 0
        writeArrow(card, place > 0 ? statuses[place - 1] : nil, "left", to: &html)
        html.literal("<select name=\"status\" aria-label=\"Status of ")
        html.text(card.name)
        html.literal("\">")
        for status in statuses {
            FormOptions.write(status.rawValue, status.displayName, isChosen: status == card.status, to: &html)
        }
        html.literal("</select><button class=\"icon-button save\" title=\"Move\" aria-label=\"Move ")
        html.text(card.name)
        html.literal(" to the chosen status\">")
        html.icon("check")
        html.literal("</button>")
        writeArrow(card, place + 1 < statuses.count ? statuses[place + 1] : nil, "right", to: &html)
        html.literal("</form>")
    }

    /// A button to the column beside; where there is none its room.
    private func writeArrow(_ card: TaskBoard.Card, _ status: TaskStatus?, _ icon: String, to html: inout HTMLWriter) {
        guard let status else { return html.literal("<span class=\"icon-button\"></span>") }
        html.literal("<button class=\"icon-button\" name=\"to\" value=\"")
        html.text(status.rawValue)
        html.literal("\" title=\"")
        html.text(status.displayName)
        html.literal("\" aria-label=\"Move ")
        html.text(card.name)
        html.literal(" to ")
        html.text(status.displayName)
        html.literal("\">")
        html.icon(icon)
        html.literal("</button>")
    }
}
