import HTTPTypes

/// `/api/v1/kanban`: the columns of a task board, which are the six states of a task. Boards of existing clients ask for
/// them before they show a task; they can't be changed.
enum KanbanResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/kanban/columns", summary: "Columns of the task board",
            details:
                "The states of tasks in the order of the board. They are part of the product and can't be changed.",
            access: .token(.init("read:tasks")),
            response: .object(
                properties: [("columns", .array(of: KanbanColumn.schema))], required: ["columns"])
        ) { _ in
            .json(capacity: 2048) { json in
                json.beginObject()
                json.key("columns")
                json.beginArray()
                for column in KanbanColumn.all { column.write(to: &json) }
                json.endArray()
                json.endObject()
            }
        }
    ]
}

/// A column of the task board.
struct KanbanColumn: Sendable {
    let status: TaskStatus
    /// Class of a Font Awesome icon, as clients know them.
    let icon: String
    /// Name of a Bootstrap color, as clients know them.
    let color: String

    static let all = [
        KanbanColumn(status: .todo, icon: "fas fa-list-check", color: "secondary"),
        KanbanColumn(status: .inProgress, icon: "fas fa-spinner", color: "warning"),
        KanbanColumn(status: .review, icon: "fas fa-user-check", color: "info"),
        KanbanColumn(status: .onHold, icon: "fas fa-pause-circle", color: "dark"),
        KanbanColumn(status: .done, icon: "fas fa-check-circle", color: "success"),
        KanbanColumn(status: .cancelled, icon: "fas fa-ban", color: "danger"),
    ]

    /// From 0.
    var position: Int64 { Int64(Self.all.firstIndex { $0.status == status } ?? 0) }

    /// No column was ever made or changed; clients want a date all the same. 2024-01-01, in µs since 2000-01-01 UTC.
    fileprivate static let madeAt =
        Int64(CivilDate(year: 2024, month: 1, day: 1).daysSince2000)
        * InstantFormat.microsecondsPerDay
}

extension KanbanColumn: JSONModel {
    static let schemaName = "KanbanColumn"

    static func describe(_ object: inout some MemberVisitor<KanbanColumn>) {
        object.integer("id") { $0.position + 1 }
        object.integer("project_id", nullable: true, "Always null: the columns are those of every project") { _ in nil }
        object.string("key", values: all.map(\.status.rawValue), "The tasks' status") { $0.status.rawValue }
        object.string("label") { $0.status.displayName }
        object.string("icon") { $0.icon }
        object.string("color") { $0.color }
        object.integer("position", "From 0, left to right") { $0.position }
        object.boolean("is_active") { _ in true }
        object.boolean("is_system") { _ in true }
        object.boolean("is_complete_state") { $0.status == .done }
        object.integer("wip_limit", nullable: true, "Always null") { _ in nil }
        object.instant("created_at") { _ in Self.madeAt }
        object.instant("updated_at") { _ in Self.madeAt }
    }
}
