/// Writes one template with its values. Everything is escaped for HTML unless the template says otherwise.
struct TemplateRenderer: ~Copyable {
    /// What a section stands on.
    private enum Scope {
        case members([String: Any])
        case value(Any)
    }

    var out = ByteWriter(capacity: 32 * 1024)
    private let library: TemplateLibrary
    private var scopes: [Scope]
    /// Blocks of the templates that this one stands in for.
    private var blocks: [String: [TemplateNode]] = [:]

    init(_ library: TemplateLibrary, _ values: [String: Any]) {
        self.library = library
        scopes = [.members(values)]
    }

    consuming func finish() -> ByteWriter { out }

    mutating func render(_ nodes: [TemplateNode]) {
        for node in nodes {
            switch node {
            case .text(let bytes): bytes.withUnsafeBytes { out.append($0) }
            case .variable(let name): if let value = find(name) { write(value) }
            case .unescaped(let name): if let value = find(name) { writeMarkup(value) }
            case .section(let name, let inner): if let value = find(name) { section(value, inner) }
            case .inverted(let name, let inner): if !(find(name).map(Self.isShown) ?? false) { render(inner) }
            case .partial(let name): renderTemplate(name)
            case .dynamicPartial(let name): if let text = find(name) as? String { renderTemplate(text) }
            case .parent(let name, let replaced):
                let outer = blocks
                // What stands further out has the last word.
                blocks = outer.isEmpty ? replaced : replaced.merging(outer) { $1 }
                renderTemplate(name)
                blocks = outer
            case .block(let name, let inner): render(blocks[name] ?? inner)
            }
        }
    }

    private mutating func renderTemplate(_ name: String) {
        if let nodes = library.templates[name] { render(nodes) }
    }

    // MARK: Sections

    /// Types are compared before anything is cast: a cast that fails looks for ways through bridges and boxes, and one to an
    /// array of another type tries each element.
    private mutating func section(_ value: Any, _ inner: [TemplateNode]) {
        switch Kind(value) {
        case .flag: if value as? Bool == true { render(inner) }
        case .text, .other: render(inner, on: .value(value))
        case .list: for members in value as? [[String: Any]] ?? [] { render(inner, on: .members(members)) }
        case .texts: for text in value as? [String] ?? [] { render(inner, on: .value(text)) }
        case .members: if let members = value as? [String: Any] { render(inner, on: .members(members)) }
        }
    }

    private mutating func render(_ nodes: [TemplateNode], on scope: Scope) {
        scopes.append(scope)
        render(nodes)
        scopes.removeLast()
    }

    private static func isShown(_ value: Any) -> Bool {
        switch Kind(value) {
        case .flag: value as? Bool == true
        case .list: (value as? [[String: Any]])?.isEmpty == false
        case .texts: (value as? [String])?.isEmpty == false
        case .text, .members, .other: true
        }
    }

    /// What a value is to a section.
    private enum Kind {
        case flag, text, list, texts, members, other

        init(_ value: Any) {
            let type = type(of: value)
            self =
                if type == Bool.self { .flag } else if type == String.self {
                    .text
                } else if type
                    == [[String: Any]].self
                { .list } else if type == [String].self { .texts } else if type == [String: Any].self { .members } else
                {
                    Self.slowly(value)
                }
        }

        /// Of lists and members of one type, such as `[String: String]`.
        private static func slowly(_ value: Any) -> Kind {
            if value is HTML { return .other }
            if value is [[String: Any]] { return .list }
            return value is [String: Any] ? .members : .other
        }
    }

    // MARK: Values

    private func find(_ name: TemplateNode.Name) -> Any? {
        switch name {
        case .current:
            switch scopes[scopes.count - 1] {
            case .members(let members): members
            case .value(let value): value
            }
        case .member(let name): find(name)
        case .path(let first, let rest):
            rest.reduce(find(first)) { value, name in (value as? [String: Any])?[name] }
        }
    }

    /// Of the innermost section whose members have it.
    private func find(_ name: String) -> Any? {
        var index = scopes.count - 1
        while index >= 0 {
            if case .members(let members) = scopes[index], let value = members[name] { return value }
            index -= 1
        }
        return nil
    }

    /// Three braces take markup as it is, and only that: a text that comes there by mistake is escaped like any other.
    private mutating func writeMarkup(_ value: Any) {
        if let html = value as? HTML { html.withBytes { out.append($0) } } else { write(value) }
    }

    private mutating func write(_ value: Any) {
        out.append(escaped: value as? String ?? Self.description(of: value))
    }

    private static func description(of value: Any) -> String {
        switch value {
        case let number as Int: String(number)
        case let number as Int64: String(number)
        default: "\(value)"
        }
    }
}
