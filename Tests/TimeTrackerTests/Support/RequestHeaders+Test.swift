@testable import TimeTracker

extension RequestHeaders: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral fields: (String, String)...) {
        self.init(fields)
    }

    init(_ lines: [(String, String)]) {
        let text = "GET / HTTP/1.0\r\n" + lines.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        guard let head = try? Array(text.utf8).withUnsafeBytes({ try RequestHeadParser.parse($0) }) else {
            fatalError("no header fields: \(lines)")
        }
        self = head.headers
    }
}
