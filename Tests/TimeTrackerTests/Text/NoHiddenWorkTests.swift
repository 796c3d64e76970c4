import Foundation
import Testing

/// What can't be there can't be attacked: patterns whose matching may take time without end, and packed input.
@Suite struct NoHiddenWorkTests {
    @Test(arguments: [
        // Backtracking (Regex, NSRegularExpression, regexec(3)): texts are read by hand-written, linear readers.
        #"\bRegex\b|NSRegularExpression|regcomp|\.(first|whole|prefix)Match\(of:|\.matches\(of:|#/[^/]"#,
        // Decompression: nothing that a client, a receiver of webhooks or GitHub sends is unpacked.
        #"inflate(Init)?\b|gzopen|CURLOPT_ACCEPT_ENCODING|BrotliDecoder|ZSTD_decompress"#,
    ])
    func isNowhereInTheSources(_ pattern: String) throws {
        let folder = #filePath.replacing(/Tests\/TimeTrackerTests\/.*/) { _ in "Sources" }
        let expression = try Regex(pattern)
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        var count = 0
        for file in files where file.hasSuffix(".swift") {
            count += 1
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            for line in text.split(separator: "\n") where !line.contains("//") && !line.contains("#/components") {
                #expect(!line.contains(expression), "\(file): \(line)")
            }
        }
        #expect(count > 400)
    }

    /// PostgreSQL has patterns as well: what is searched for is quoted for LIKE, and none is a regular expression.
    @Test func noStatementMatchesByRegularExpression() throws {
        let folder = #filePath.replacing(/Tests\/TimeTrackerTests\/.*/) { _ in "Sources/TimeTracker" }
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        let operators = /\ssimilar to\s|regexp_|\s!?~\*?\s\$/
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            #expect(!text.contains(operators), "\(file)")
        }
    }
}
