import HTTPTypes
import Postgres

/// `/tasks/board`: tasks in a column for each status, between which they are moved.
enum BoardPages {
    static let path = "/tasks/board"

    static let routes = [
        Route(.get, path: path, summary: "Task board", access: .page(.user), response: .string()) { call in
            try await page(call, query: call.exchange.rawQuery)
        },
        Route(
            .post, path: path + "/move", summary: "Move a task on the board", access: .page(.action(of: path)),
            response: .string(), handler: move),
    ]

    // MARK: Page

    /// - Parameter raw: the board's query, which a form that stands in it was shown with.
    private static func page(_ call: Call, query raw: String, problems refused: FormProblems? = nil) async throws
        -> Reply
    {
        let call = call.asking(query: raw)
        async let loading = Frame.load(call)
        async let choosing = FormOptions.projects(call)
        async let naming = FormOptions.users(call)
        var query = call.query
        var filter = TaskBoard.Filter()
        filter.projectID = query.id("project_id")
        let person = query.text("assigned_to") ?? ""
        filter.isUnassigned = person == "nobody"
        if !filter.isUnassigned { filter.assignedTo = query.id("assigned_to") }
        let wanted = filter
        let board: Findings<TaskBoard> = try await Findings.of { [query] in
            try query.finish()
            return try await TaskBoard.read(wanted, call.context)
        }
        let problems = refused ?? board.problems
        // Addresses of this board: without what was done in it.
        let kept = raw.split(separator: "&").filter { !$0.hasPrefix("moved=") && !$0.hasPrefix("from=") }
        let here = kept.isEmpty ? path : path + "?" + kept.joined(separator: "&")
        let projects = [FormField.Option(value: "", name: "All")] + (try await choosing)
        let users =
            [FormField.Option(value: "", name: "Anybody"), FormField.Option(value: "nobody", name: "Nobody")]
            + (try await naming)
        let found = board.value ?? TaskBoard()
        let list = filter.isUnassigned ? kept.filter { !$0.hasPrefix("assigned_to=") } : kept
        var values: [String: Any] = [
            "board_script": StaticAssets.board.path, "back": here,
            "list": list.isEmpty ? "/tasks" : "/tasks?" + list.joined(separator: "&"),
            "projects_html": FormOptions.html(projects, chosen: query.text("project_id") ?? ""),
            "users_html": FormOptions.html(users, chosen: person),
            "is_filtered": call.isFiltered, "has_problems": problems != nil, "has_errors": problems != nil,
            "problems": problems?.listed([]) ?? [],
            "problems_title": refused == nil ? "The filter could not be used" : "Not moved",
            "board_html": BoardMarkup(call, back: here, list: list).html(found),
            "project_id": filter.projectID.map { "\($0)" } ?? "",
        ]
        if refused == nil, let moved: ID<TaskItem> = query.id("moved"), let from = query.text("from"),
            let status = TaskStatus(rawValue: from), let card = found.card(moved), card.status != status
        {
            values["moved"] =
                [
                    "id": "\(card.id)", "from": from, "seen": "\(card.updatedAt.microseconds)",
                    "said": "“\(card.name)” is now \(card.status.displayName).",
                    "undo": "Move “\(card.name)” back to \(status.displayName)",
                ] as [String: Any]
        }
        return call.page(
            "board", title: "Task board", .tasks, try await loading,
            status: problems == nil ? .ok : .unprocessableContent, values)
    }

    // MARK: Move

    @Sendable private static func move(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let back = TimerPages.back(form, or: path)
        // The arrows are buttons of the form in which the list stands, and win over it.
        let wanted = form.text("to") ?? form.text("status") ?? ""
        guard let id = Int64(form.trimmed("task_id")), let seen = Int64(form.trimmed("seen")),
            let status = TaskStatus(rawValue: wanted)
        else { throw APIError.malformedForm }
        let from = form.text("from").flatMap(TaskStatus.init(rawValue:))
        guard from != status else { return call.seeOther(back) }
        let result = try await call.carryOut(
            TaskInput.body, [("status", .string(RawText(status.rawValue)))], form: form, part: ":\(id):\(seen)",
            ids: [id]
        ) { call in
            try await call.change { tx in
                let task = try await TaskOperations.move(
                    ID(id), to: status, seen: Instant(seen), call.context, in: tx)
                return .saved(.ok, message: "Moved", key: "task", task)
            }
        }
        switch result {
        case .done:
            let isUndo = form.text("undo") != nil
            guard let from, !isUndo else { return call.seeOther(back, isUndo ? .taskMovedBack : nil) }
            let mark = back.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            return call.seeOther("\(back)\(mark)moved=\(id)&from=\(from.rawValue)")
        case .refused(let problems):
            let parts = back.split(separator: "?", maxSplits: 1)
            return try await page(call, query: parts.count == 2 ? String(parts[1]) : "", problems: problems)
        }
    }
}
