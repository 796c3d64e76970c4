import HTTPTypes
import Postgres

/// `/entries`: the list of time entries with every filter of the API (behaviour.md §5.2), rows that become forms, and
/// changes of many.
enum EntryListPages {
    static let path = "/entries"

    static let routes = [
        Route(.get, path: path, summary: "Entries", access: .page(.user), response: .string()) { call in
            try await page(call, query: call.exchange.rawQuery)
        }
    ]

    /// What a form of the page has to say when it was refused.
    struct Refusal {
        let form: FormBody
        let problems: FormProblems
    }

    /// - Parameter query: the list's, which a form that stands in it was shown with.
    static func page(_ call: Call, query raw: String, refusal: Refusal? = nil) async throws -> Reply {
        let call = call.asking(query: raw)
        var query = call.query
        let editID: ID<TimeEntry>? = query.id("edit")
        async let loading = Frame.load(call)
        async let choosing = EntryFilter.load(call)
        async let changing = BulkEntryPages.change(query.integer("changed"), call)
        async let placing = call.principal.isWriter ? Places.find("", call) : []
        let request = call.query.entriesPage
        var entries: [TimeEntry] = []
        var pagination = Pagination(request, total: 0)
        var problems: FormProblems?
        do {
            var query = QueryParameters(personQuery(call, raw))
            let filter = try TimeEntryList.Filter(&query, call.principal)
            let rows = try await call.db.query(EntryListQuery(filter: filter, zone: call.zone).statement(request))
            let found = PageQuery.read(rows, request, as: TimeEntry.self)
            entries = try found.models.all()
            pagination = found.pagination
        } catch {
            guard let found = FormProblems(error) else { throw error }
            problems = found
        }
        let rows = try await EntryRow.rows(entries, zone: call.zone, call.db)
        let frame = try await loading
        let filter = try await choosing
        let places = try await placing
        // Addresses of this list: without what was done in it, and without the row that is a form.
        let kept = raw.split(separator: "&").filter { !$0.hasPrefix("edit=") && !$0.hasPrefix("changed=") }
        let here = kept.isEmpty ? path : path + "?" + kept.joined(separator: "&")
        var markup = EntryMarkup(call, now: frame.now, back: here)
        markup.isSelectable = true
        markup.chosen = Set(refusal?.form.all("entry_id").compactMap { Int64($0).map { ID($0) } } ?? [])
        markup.editAddress = here + (kept.isEmpty ? "?edit=" : "&edit=")
        if let editID, let row = rows.first(where: { $0.entry.id == editID }) {
            markup.forms = [editID: EntryRowForm.html(row, places, frame, back: here, call)]
        }
        let shown = refusal?.problems ?? problems
        var values = filter.values(call)
        values["days_html"] = days(rows, markup)
        values["back"] = here
        values["has_entries"] = !rows.isEmpty
        values["has_problems"] = shown != nil
        values["problems"] = shown?.listed([]) ?? []
        values["problems_title"] = refusal == nil ? "The filter could not be used" : "Nothing has been changed"
        values["has_errors"] = shown != nil
        values["change"] = try await changing
        values["entries_script"] = StaticAssets.entries.path
        values["places_html"] = Places.options(
            places, recent: frame.recent, chosen: refusal?.form.text("place").flatMap { Place($0) })
        values["bulk_value"] = refusal?.form.text("value") ?? ""
        values["actions_html"] = BulkEntryPages.options(chosen: refusal?.form.text("action") ?? "")
        values.merge(pagination.values(path: path, rawQuery: kept.joined(separator: "&"))) { $1 }
        let asked = personQuery(call, kept.filter { !$0.hasPrefix("person=") }.joined(separator: "&"))
        values.merge(APISnippet.values(call, "/time-entries", key: "time_entries", query: asked)) { $1 }
        return call.page(
            "entries", title: "Entries", .entries, frame, status: shown == nil ? .ok : .unprocessableContent, values)
    }

    /// Whose entries are meant: one's own unless an administrator asks for somebody's or everybody's.
    private static func personQuery(_ call: Call, _ raw: String) -> String {
        var query = call.query
        switch query.text("person") {
        case "all" where call.principal.isAdmin: return raw
        case let person?: return "user_id=\(PercentEncoding.encode(person == "all" ? "" : person))&\(raw)"
        case nil: return "user_id=\(call.principal.userID)&\(raw)"
        }
    }

    /// Days with their entries, in the order of the entries, each with its total.
    private static func days(_ rows: [EntryRow], _ markup: EntryMarkup) -> HTML {
        var html = HTMLWriter(capacity: 64 * 1024)
        var rest = rows[...]
        while let day = rest.first?.day {
            let entries = rest.prefix { $0.day == day }
            rest = rest.dropFirst(entries.count)
            html.literal("<section class=\"card day\"><h2><span>")
            html.text(markup.format.longDate(day))
            html.literal("</span><span class=\"num\">")
            html.text(PersonFormat.duration(entries.reduce(0) { $0 + $1.entry.shownSeconds(now: markup.now) }))
            html.literal("</span></h2>\n<ul class=\"rows\">")
            for row in entries { markup.write(row, to: &html) }
            html.literal("</ul></section>\n")
        }
        return html.finish()
    }
}

extension QueryParameters {
    /// Which page of entries; fifty each.
    fileprivate var entriesPage: PageRequest {
        var query = self
        return PageRequest(page: query.page().page, perPage: 50)
    }
}
