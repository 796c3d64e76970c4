/// Everything that is wrong with a configuration, at once; the caller exits with 78 (EX_CONFIG, sysexits.h).
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One sentence each, without secrets.
    public let problems: [String]

    public init(problems: [String]) {
        self.problems = problems
    }

    public var description: String { problems.joined(separator: "\n") }
}
