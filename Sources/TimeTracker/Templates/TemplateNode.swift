/// A piece of a parsed template (mustache(5)).
indirect enum TemplateNode: Sendable {
    /// What a tag names.
    enum Name: Sendable {
        /// `.`: what the enclosing section stands on.
        case current
        /// A member of it, or of the nearest one around it that has such a member.
        case member(String)
        /// `a.b`: a member of that member; nothing when there is none.
        case path(String, [String])
    }

    /// Bytes as they stand.
    case text([UInt8])
    /// `{{name}}`, escaped for HTML.
    case variable(Name)
    /// `{{{name}}}` or `{{&name}}`, as it is.
    case unescaped(Name)
    /// `{{#name}}…{{/name}}`
    case section(Name, [TemplateNode])
    /// `{{^name}}…{{/name}}`
    case inverted(Name, [TemplateNode])
    /// `{{>name}}`
    case partial(String)
    /// `{{>*name}}`: the partial whose name is the variable's value.
    case dynamicPartial(Name)
    /// `{{<name}}…{{/name}}`: the template with some of its blocks replaced.
    case parent(String, [String: [TemplateNode]])
    /// `{{$name}}…{{/name}}`: what stands there unless it is replaced.
    case block(String, [TemplateNode])
}

/// What is wrong with a template.
struct TemplateError: Error, Equatable, CustomStringConvertible {
    let template: String
    /// From 1.
    let line: Int
    let problem: String

    var description: String { "\(template):\(line): \(problem)" }
}
