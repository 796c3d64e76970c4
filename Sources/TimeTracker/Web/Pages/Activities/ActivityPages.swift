import HTTPTypes
import Postgres

/// `/admin/activity`: who has done what (behaviour.md §12.19).
enum ActivityPages {
    private static let home = "/admin/activity"
    private static let perPage = 50
    private static let mostUsers = 500

    static let routes = [
        Route(.get, path: home, summary: "Activity log", access: .page(.admin), response: .string(), handler: list)
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let naming = ActivityLog.users(most: mostUsers, call.db)
        let findings = try await Findings.of {
            try await ActivityLog.list(try filter(call), most: perPage, zone: call.zone, call.db)
        }
        let format = call.format
        let found = findings.value?.activities ?? []
        var query = call.query
        func chosen(_ name: String, _ options: [FormField.Option]) -> HTML {
            FormOptions.html([.init(value: "", name: "All")] + options, chosen: query.text(name) ?? "")
        }
        var values: [String: Any] = [
            "activities": found.map { row($0, format) }, "has_activities": !found.isEmpty,
            "is_filtered": call.isFiltered,
            "users_html": chosen("user_id", try await naming.map { .init(value: "\($0.id)", name: $0.name) }),
            "types_html": chosen("entity_type", EntityType.allCases.map { .init(value: $0.rawValue, name: $0.words) }),
            "actions_html": chosen("action", ChangeAction.allCases.map { .init(value: $0.rawValue, name: $0.words) }),
            "start_date": query.text("start_date") ?? "", "end_date": query.text("end_date") ?? "",
            "has_problems": findings.problems != nil, "problems": findings.problems?.listed([]) ?? [],
        ]
        let others = call.exchange.rawQuery.split(separator: "&").filter { !$0.hasPrefix("before=") }
        func address(_ more: [Substring]) -> String {
            let pairs = others + more
            return pairs.isEmpty ? home : home + "?" + pairs.joined(separator: "&")
        }
        values["has_newer"] = query.text("before") != nil
        values["newest"] = address([])
        values["has_older"] = findings.value?.hasMore == true
        values["older"] = address([Substring("before=\(found.last?.id ?? 0)")])
        return call.page(
            "activities", title: "Activity log", .activity, try await loading,
            status: findings.problems == nil ? .ok : .unprocessableContent, values)
    }

    private static func filter(_ call: Call) throws -> ActivityLog.Filter {
        var query = call.query
        let type = query.text("entity_type")
        let action = query.text("action")
        let days = ["start_date", "end_date"].map { (name: $0, text: query.text($0)) }
        let filter = ActivityLog.Filter(
            userID: query.integer("user_id"), entityType: type, action: action,
            first: days[0].text.flatMap(EntryForm.day), last: days[1].text.flatMap(EntryForm.day),
            before: query.integer("before"))
        try query.finish()
        var errors = ValidationErrors()
        if let type, EntityType(rawValue: type) == nil { errors.add("entity_type", "There is no such kind of object.") }
        if let action, ChangeAction(rawValue: action) == nil { errors.add("action", "There is no such action.") }
        for (day, read) in zip(days, [filter.first, filter.last]) where day.text != nil && read == nil {
            errors.add(day.name, "Not a valid date.")
        }
        if let first = filter.first, let last = filter.last, last < first {
            errors.add("end_date", "The end must not be before the beginning.")
        }
        try errors.throwIfAny()
        return filter
    }

    private static func row(_ activity: ActivityLog.Activity, _ format: PersonFormat) -> [String: Any] {
        let path = activity.action == ChangeAction.deleted.rawValue ? nil : path(activity)
        return [
            "at": format.moment(activity.wall), "user": activity.username, "text": activity.description,
            "is_linked": path != nil, "path": path ?? "", "address": activity.address, "agent": activity.userAgent,
        ]
    }

    /// Where the object is shown; nil for what has no page.
    private static func path(_ activity: ActivityLog.Activity) -> String? {
        EntityType(rawValue: activity.entityType).flatMap { shown[$0] }?.replacing("{id}", with: "\(activity.entityID)")
    }

    /// Paths of the pages that show objects, by their kinds.
    static let shown = Dictionary(
        WebRoutes.all.compactMap { route in route.shows.map { ($0, route.path) } },
        uniquingKeysWith: { first, _ in first })
}

extension ChangeAction {
    fileprivate var words: String { rawValue.replacing("_", with: " ") }
}
