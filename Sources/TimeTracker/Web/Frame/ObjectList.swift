import HTTPTypes

/// The list of a plain resource as a page: what narrows it, and a row for each object (template `object_list`).
struct ObjectList<Model: StoredObject>: Sendable {
    /// A column behind the first, which has the object's name.
    struct Column: Sendable {
        fileprivate enum Style { case text, code, number, status }

        fileprivate let label: String
        fileprivate let style: Style
        fileprivate let value: @Sendable (Model, PersonFormat) -> String?

        static func text(_ label: String, _ value: @escaping @Sendable (Model, PersonFormat) -> String?) -> Column {
            Column(label: label, style: .text, value: value)
        }

        static func text(_ label: String, _ property: any KeyPath<Model, String?> & Sendable) -> Column {
            text(label) { model, _ in model[keyPath: property] }
        }

        /// What stays on one line: a code, a day.
        static func code(_ label: String, _ value: @escaping @Sendable (Model, PersonFormat) -> String?) -> Column {
            Column(label: label, style: .code, value: value)
        }

        static func code(_ label: String, _ property: any KeyPath<Model, String> & Sendable) -> Column {
            code(label) { model, _ in model[keyPath: property] }
        }

        static func number(_ label: String, _ value: @escaping @Sendable (Model, PersonFormat) -> String?) -> Column {
            Column(label: label, style: .number, value: value)
        }

        /// A word that the style sheet has a colour for.
        static func status(_ label: String, _ value: @escaping @Sendable (Model, PersonFormat) -> String?) -> Column {
            Column(label: label, style: .status, value: value)
        }
    }

    /// A word behind an object's name.
    struct Chip: Sendable {
        let text: String
        var isWarning = false
    }

    let title: String
    /// Label of the first column.
    let first: String
    var name: @Sendable (Model, PersonFormat) -> String = { model, _ in model.entityName }
    var chips: @Sendable (Model) -> [Chip] = { _ in [] }
    let columns: [Column]
    /// What is said, behind "No clients yet.", where there are none.
    var empty = ""
    /// Parameters of the query: texts to search for, and selections.
    var filters: @Sendable (Call) async throws -> [FormField] = { _ in [] }
    /// What the partials above the table ask for.
    var above: @Sendable () -> [String: Any] = { [:] }
    let find: @Sendable (Call) async throws -> ObjectRoutes<Model>.Found

    func page(_ call: Call, of pages: ObjectPages<Model>) async throws -> Reply {
        async let loading = Frame.load(call)
        async let filtering = filters(call)
        let findings = try await Findings.of {
            let (found, pagination) = try await find(call)
            return (objects: try found.all(), pagination: pagination)
        }
        let objects = findings.value?.objects ?? []
        let filters = try await filtering
        var values: [String: Any] = [
            "one": Model.entityType.words, "many": title.lowercased(), "home": pages.home, "first": first,
            "empty": empty,
            "filters": filters.map { filter($0, call) }, "has_filters": !filters.isEmpty,
            "is_filtered": call.isFiltered,
            "columns": columns.map { ["label": $0.label, "is_number": $0.style == .number] as [String: Any] },
            "rows_html": html(objects, call, of: pages), "has_rows": !objects.isEmpty,
            "has_problems": findings.problems != nil, "problems": findings.problems?.listed(filters) ?? [],
            "has_none": objects.isEmpty && findings.problems == nil,
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(pages.objects.snippet(call)) { $1 }
        values.merge(above()) { $1 }
        return call.page(
            "object_list", title: title, pages.place, try await loading,
            status: findings.problems == nil ? .ok : .unprocessableContent, values)
    }

    private func filter(_ field: FormField, _ call: Call) -> [String: Any] {
        var query = call.query
        let value = query.text(field.name) ?? ""
        var filter: [String: Any] = ["name": field.name, "label": field.label, "value": value, "is_select": false]
        if case .select(let options) = field.control {
            filter["is_select"] = true
            filter["options_html"] = FormOptions.html(options, chosen: value)
        }
        return filter
    }

    private func html(_ objects: [Model], _ call: Call, of pages: ObjectPages<Model>) -> HTML {
        let (format, address) = (call.format, pages.shown(to: call))
        var html = HTMLWriter(capacity: 512 * max(objects.count, 1))
        for object in objects {
            html.literal("<tr><th scope=\"row\">")
            let path = address(object.id)
            if let path {
                html.literal("<a href=\"")
                html.text(path)
                html.literal("\">")
            }
            html.text(name(object, format))
            if path != nil { html.literal("</a>") }
            for chip in chips(object) {
                html.literal(chip.isWarning ? " <span class=\"chip down\">" : " <span class=\"chip\">")
                html.text(chip.text)
                html.literal("</span>")
            }
            html.literal("</th>")
            for column in columns { column.write(object, format, to: &html) }
            html.literal("</tr>\n")
        }
        return html.finish()
    }
}

extension ObjectList.Column {
    fileprivate func write(_ object: Model, _ format: PersonFormat, to html: inout HTMLWriter) {
        let text = value(object, format) ?? ""
        switch style {
        case .text, .status: html.literal("<td data-label=\"")
        case .code: html.literal("<td class=\"num\" data-label=\"")
        case .number: html.literal("<td class=\"right num\" data-label=\"")
        }
        html.text(label)
        html.literal("\">")
        if style == .status {
            html.literal("<span class=\"status ")
            html.text(text.lowercased())
            html.literal("\">")
        }
        html.text(text)
        html.literal(style == .status ? "</span></td>" : "</td>")
    }
}

extension ObjectRoutes {
    /// How a program asks for the list, for the partial `api_snippet`.
    fileprivate func snippet(_ call: Call) -> [String: Any] {
        APISnippet.values(call, String(path.dropFirst("/api/v1".count)), key: listKey)
    }
}
