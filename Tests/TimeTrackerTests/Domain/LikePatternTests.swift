import Postgres
import Testing

@testable import TimeTracker

struct LikePatternTests {
    @Test(arguments: [
        ("plain", "plain"), ("50%", "50\\%"), ("a_b\\c", "a\\_b\\\\c"), ("%\u{301}", "\\%\u{301}"),
        ("_\u{FE0F}", "\\_\u{FE0F}"), ("\\\u{308}", "\\\\\u{308}"), ("e\u{301}", "e\u{301}"),
    ])
    func wildcardsAreEscapedWhateverFollows(text: String, pattern: String) {
        #expect(LikePattern.escape(text).unicodeScalars.elementsEqual(pattern.unicodeScalars))
    }

    /// A text matches itself and nothing that differs, whatever code points are in it.
    @Test func randomTextsMatchThemselvesOnly() async throws {
        let pieces = ["%", "_", "\\", "a", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{1F1E9}", "İ", " "]
        try await ScratchDatabase.with { db async throws in
            for _ in 0..<200 {
                let text = (0..<Int.random(in: 1...6)).map { _ in pieces.randomElement() ?? "" }.joined()
                let other = text + "a"
                let row = try #require(
                    try await db.query(
                        Statement(
                            "select $1::text like $3::text, $2::text like $3::text",
                            [.text(text), .text(other), .text(LikePattern.escape(text))])
                    ).first)
                #expect(row.bool(0), "\(text.unicodeScalars.map(\.value))")
                #expect(!row.bool(1), "\(text.unicodeScalars.map(\.value))")
            }
        }
    }
}
