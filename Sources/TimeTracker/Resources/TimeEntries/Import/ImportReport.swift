/// What an import did (behaviour.md §6.5).
struct ImportReport {
    /// Errors told in the report; there may be more.
    private static let shownErrors = 50

    private(set) var problems: [(row: Int, text: String)] = []
    private(set) var failed = 0
    var total = 0
    var createdIDs: [Int64] = []
    var clients = 0
    var projects = 0
    var tasks = 0
    var warnings: [String] = []
    /// Whether everything was rolled back.
    var isDryRun = false

    mutating func add(_ problem: ImportRow.Problem, row: Int) {
        failed += 1
        problems.append((row, problem.text))
    }

    /// Whether something was taken, or there was nothing to take.
    var isSuccess: Bool { !createdIDs.isEmpty || total == 0 }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("success")
        json.value(isSuccess)
        if !isSuccess {
            json.key("error")
            json.value("No row could be imported")
            json.key("message")
            json.value("No row could be imported; see errors")
            json.key("error_code")
            json.value("validation_error")
        }
        json.key("created")
        json.value(createdIDs.count)
        json.key("failed")
        json.value(failed)
        json.key("total")
        json.value(total)
        json.key("errors")
        writeErrors(to: &json)
        json.key("created_ids")
        json.beginArray()
        for id in createdIDs where !isDryRun { json.value(id) }
        json.endArray()
        for (key, count) in [
            ("created_projects", projects), ("created_clients", clients), ("created_tasks", tasks),
        ] {
            json.key(JSONKey(name: key))
            json.value(count)
        }
        json.key("warnings")
        json.beginArray()
        for warning in warnings { json.value(warning) }
        json.endArray()
        json.key("dry_run")
        json.value(isDryRun)
        json.endObject()
    }

    private func writeErrors(to json: inout JSONWriter) {
        json.beginArray()
        for problem in problems.sorted(by: { $0.row < $1.row }).prefix(Self.shownErrors) {
            json.beginObject()
            json.key("row")
            json.value(problem.row)
            json.key("error")
            json.value(problem.text)
            json.endObject()
        }
        json.endArray()
    }

    /// A file that can't be imported at all.
    static func refusal(_ message: String) -> APIError {
        var error = APIError(.badRequest, "validation_error", message)
        error.extra = { json in
            json.key("created")
            json.value(0)
            json.key("failed")
            json.value(0)
            json.key("errors")
            json.beginArray()
            json.endArray()
        }
        return error
    }

    static let schema = Schema.object(
        name: "ImportReport",
        properties: [
            ("success", .boolean()), ("created", .integer(description: "Entries made")),
            ("failed", .integer(description: "Rows refused")), ("total", .integer(description: "Rows with data")),
            (
                "errors",
                .array(
                    of: .object(
                        name: "ImportError",
                        properties: [
                            ("row", .integer(description: "The header is row 1")), ("error", .string()),
                        ], required: ["row", "error"]), description: "The first \(shownErrors)")
            ),
            ("created_ids", .array(of: .integer(), description: "Empty after a dry run")),
            ("created_projects", .integer()), ("created_clients", .integer()),
            ("created_tasks", .integer()),
            ("warnings", .array(of: .string(), description: "What was left out of account, such as unknown columns")),
            ("dry_run", .boolean(description: "Whether nothing was stored")),
        ],
        required: [
            "success", "created", "failed", "total", "errors", "created_ids", "created_projects", "created_clients",
            "created_tasks", "warnings", "dry_run",
        ])
}
