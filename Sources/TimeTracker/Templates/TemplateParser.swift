/// Reads a template: mustache(5) without changed delimiters, lambdas and the indentation of partials.
///
/// A line that holds nothing but one tag that writes nothing itself leaves no line behind.
struct TemplateParser {
    private enum Tag {
        case variable, unescaped, section, inverted, close, partial, parent, block, comment

        /// Whether such a tag alone on a line takes the line with it.
        var isStandalone: Bool { self != .variable && self != .unescaped }
    }

    private let template: String
    private let bytes: [UInt8]
    private var index = 0

    private init(_ template: String, _ bytes: [UInt8]) {
        self.template = template
        self.bytes = bytes
    }

    /// - Parameter template: its name, for errors.
    static func parse(_ template: String, _ bytes: [UInt8]) throws(TemplateError) -> [TemplateNode] {
        var parser = TemplateParser(template, bytes)
        return try parser.nodes(until: nil)
    }

    /// - Parameter name: of the tag whose end is looked for; nil = the template's.
    private mutating func nodes(until name: String?) throws(TemplateError) -> [TemplateNode] {
        let start = index
        var nodes: [TemplateNode] = []
        while true {
            guard let open = find("{{", from: index) else {
                guard name == nil else { throw error("{{/\(name ?? "")}} is missing", at: start) }
                add(bytes[index...], to: &nodes)
                index = bytes.count
                return nodes
            }
            let textStart = index
            let (tag, tagName, end) = try self.tag(at: open)
            var textEnd = open
            index = end
            if tag.isStandalone, let line = lineAround(open, end) {
                textEnd = max(line.lowerBound, textStart)
                index = line.upperBound
            }
            add(bytes[textStart..<textEnd], to: &nodes)
            switch tag {
            case .comment: break
            case .variable: nodes.append(.variable(try self.name(tagName, at: open)))
            case .unescaped: nodes.append(.unescaped(try self.name(tagName, at: open)))
            case .section: nodes.append(.section(try self.name(tagName, at: open), try self.nodes(until: tagName)))
            case .inverted: nodes.append(.inverted(try self.name(tagName, at: open), try self.nodes(until: tagName)))
            case .block: nodes.append(.block(tagName, try self.nodes(until: tagName)))
            case .partial:
                if tagName.utf8.first == UInt8(ascii: "*") {
                    nodes.append(.dynamicPartial(try self.name(String(tagName.dropFirst()), at: open)))
                } else {
                    nodes.append(.partial(tagName))
                }
            case .parent:
                var blocks: [String: [TemplateNode]] = [:]
                for case .block(let name, let content) in try self.nodes(until: tagName) { blocks[name] = content }
                nodes.append(.parent(tagName, blocks))
            case .close:
                guard tagName == name else { throw error("{{/\(tagName)}} ends nothing", at: open) }
                return nodes
            }
        }
    }

    private func add(_ text: ArraySlice<UInt8>, to nodes: inout [TemplateNode]) {
        if !text.isEmpty { nodes.append(.text(Array(text))) }
    }

    private func tag(at open: Int) throws(TemplateError) -> (Tag, name: String, end: Int) {
        var start = open + 2
        var closing = "}}"
        let tag: Tag
        switch start < bytes.count ? bytes[start] : 0 {
        case UInt8(ascii: "#"): tag = .section
        case UInt8(ascii: "^"): tag = .inverted
        case UInt8(ascii: "/"): tag = .close
        case UInt8(ascii: ">"): tag = .partial
        case UInt8(ascii: "<"): tag = .parent
        case UInt8(ascii: "$"): tag = .block
        case UInt8(ascii: "!"): tag = .comment
        case UInt8(ascii: "&"): tag = .unescaped
        case UInt8(ascii: "{"):
            tag = .unescaped
            closing = "}}}"
        case UInt8(ascii: "="): throw error("delimiters can't be changed", at: open)
        default:
            tag = .variable
            start -= 1
        }
        start += 1
        guard let end = find(closing, from: start) else { throw error("a tag has no end", at: open) }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        return (tag, String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()), end + closing.utf8.count)
    }

    private func name(_ text: String, at position: Int) throws(TemplateError) -> TemplateNode.Name {
        if text == "." { return .current }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw error("'\(text)' is no name", at: position) }
        return parts.count == 1 ? .member(text) : .path(parts[0], Array(parts.dropFirst()))
    }

    /// The whole line, with its end, if nothing but blanks stands on it beside what is between the positions.
    private func lineAround(_ open: Int, _ end: Int) -> Range<Int>? {
        var start = open
        while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") { start -= 1 }
        guard start == 0 || bytes[start - 1] == UInt8(ascii: "\n") else { return nil }
        var stop = end
        while stop < bytes.count, bytes[stop] == UInt8(ascii: " ") || bytes[stop] == UInt8(ascii: "\t") { stop += 1 }
        guard stop < bytes.count else { return start..<stop }
        if bytes[stop] == UInt8(ascii: "\r") { stop += 1 }
        guard stop < bytes.count, bytes[stop] == UInt8(ascii: "\n") else { return nil }
        return start..<stop + 1
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard start + wanted.count <= bytes.count else { return nil }
        return (start...bytes.count - wanted.count).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    private func error(_ problem: String, at position: Int) -> TemplateError {
        let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") }
        return TemplateError(template: template, line: line, problem: problem)
    }
}
