import NIOCore

/// Templates that use each other: parsed once, rendered into one run of bytes.
///
/// What a template is given is a tree of `[String: Any]`: strings, numbers, `Bool`, arrays of strings or of further trees.
/// A section of a `Bool` is shown when it is true, one of an array for each of its elements, one of anything else that is
/// there once.
struct TemplateLibrary: Sendable {
    let templates: [String: [TemplateNode]]

    /// - Throws: ``TemplateError`` also for a partial or parent that is not among them.
    init(_ sources: [(name: String, text: [UInt8])]) throws(TemplateError) {
        var templates: [String: [TemplateNode]] = [:]
        for (name, text) in sources { templates[name] = try TemplateParser.parse(name, text) }
        for (name, nodes) in templates { try Self.check(nodes, name, templates.keys) }
        self.templates = templates
    }

    /// - Returns: nil when there is no such template.
    func render(_ name: String, _ values: [String: Any]) -> ByteBuffer? {
        guard let nodes = templates[name] else { return nil }
        var renderer = TemplateRenderer(self, values)
        renderer.render(nodes)
        return renderer.out.finish()
    }

    /// The same as a part of another template's values.
    func fragment(_ name: String, _ values: [String: Any]) -> HTML? {
        guard let nodes = templates[name] else { return nil }
        var renderer = TemplateRenderer(self, values)
        renderer.render(nodes)
        return HTML(renderer.finish())
    }

    private static func check(
        _ nodes: [TemplateNode], _ template: String, _ known: Dictionary<String, [TemplateNode]>.Keys
    ) throws(TemplateError) {
        for node in nodes {
            switch node {
            case .partial(let name):
                guard known.contains(name) else { throw missing(name, template) }
            case .parent(let name, let blocks):
                guard known.contains(name) else { throw missing(name, template) }
                for block in blocks.values { try check(block, template, known) }
            case .section(_, let inner), .inverted(_, let inner), .block(_, let inner):
                try check(inner, template, known)
            case .text, .variable, .unescaped, .dynamicPartial: break
            }
        }
    }

    private static func missing(_ name: String, _ template: String) -> TemplateError {
        TemplateError(template: template, line: 1, problem: "there is no template '\(name)'")
    }
}
