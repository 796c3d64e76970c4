import FoundationEssentials
import Yams

/// A flat YAML mapping of keys to plain values.
///
/// swift-configuration's `FileProvider<YAMLSnapshot>` is asynchronous, refuses a file of comments alone, can't list the
/// keys of a file and drops nulls silently; the supervisor is a single thread and wants every problem at once.
struct ConfigurationFile {
    /// Only known keys that have a value. An empty text is one, `null` and nothing are not.
    private(set) var values: [String: String] = [:]
    private(set) var problems: [String] = []

    init(path: String) {
        do {
            try read(String(contentsOfFile: path, encoding: .utf8))
        } catch {
            problems = [Self.describe(error)]
        }
        problems = problems.map { "\(path): \($0)" }
    }

    init(text: String) {
        do { try read(text) } catch { problems = [Self.describe(error)] }
    }

    private mutating func read(_ text: String) throws {
        guard let root = try Yams.compose(yaml: text), !Self.isNull(root) else { return }
        guard let mapping = root.mapping else {
            problems.append("must be a mapping of keys to values")
            return
        }
        for (key, value) in mapping { add(key.scalar?.string ?? "", value, line: key.mark?.line ?? 0) }
    }

    private mutating func add(_ name: String, _ value: Node, line: Int) {
        guard ConfigurationKey.named(name) != nil else {
            let other = ConfigurationKey.named(name.lowercased()).map { "; it is spelled '\($0.name)'" } ?? ""
            problems.append("line \(line): unknown key '\(name)'\(other)")
            return
        }
        guard let scalar = value.scalar else {
            problems.append("line \(line): '\(name)' must have a plain value")
            return
        }
        if !Self.isNull(value) { values[name] = scalar.string }
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Without the lines of the file that Yams quotes, which may hold secrets.
    private static func describe(_ error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case YamlError.reader(let problem, _, _, _): problem
        case YamlError.duplicatedKeysInMapping(let keys, _): "key '\(keys.joined(separator: "', '"))' is there twice"
        case let error as CocoaError where error.code == .fileReadNoSuchFile: "no such file"
        case let error as CocoaError where error.code == .fileReadNoPermission: "permission denied"
        case is YamlError: "is not YAML"
        default: "can't be read"
        }
    }
}
