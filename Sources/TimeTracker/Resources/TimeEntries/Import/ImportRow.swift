/// A row of an import file whose fields could be read; names and zones are not looked up yet.
struct ImportRow: Sendable {
    /// Why a row can't be imported, in the words of the report.
    struct Problem: Error, ExpressibleByStringInterpolation {
        let text: String

        init(stringLiteral text: String) {
            self.text = text
        }
    }

    /// Counts the header as row 1.
    let number: Int
    let projectID: Int64?
    let projectName: String?
    let clientName: String?
    let taskID: Int64?
    let taskName: String?
    let span: ImportSpan
    let notes: String?
    let tags: String?
    let isBillable: Bool
    /// Whose time it is; nil = the importer's.
    let email: String?
    let username: String?

    /// - Parameter votes: is told what the row's dates say about their order, also when the row can't be read otherwise.
    init(
        _ row: [String], _ columns: ImportColumns, number: Int, votes: inout ImportDateOrder.Votes
    ) throws(Problem) {
        self.number = number
        let span = ImportSpan.read(row, columns)
        if case .success(let span) = span { votes.add([span.start] + (span.end.map { [$0] } ?? [])) }
        guard row.allSatisfy({ RawText($0).isStreamSafe }) else {
            throw "a field has too many combining marks in a row"
        }
        projectID = try Self.id("project_id", columns.value(.projectID, in: row))
        projectName = try Self.text("project_name", columns.value(.projectName, in: row), max: 200)
        guard projectID != nil || projectName != nil else { throw "project_id is required" }
        clientName = try Self.text("client_name", columns.value(.clientName, in: row), max: 200)
        taskID = try Self.id("task_id", columns.value(.taskID, in: row))
        taskName = try Self.text("task_name", columns.value(.taskName, in: row), max: 200)
        self.span = try span.get()
        notes = try Self.text("notes", columns.value(.notes, in: row), max: 5000)
        let tags = columns.value(.tags, in: row).map { Tags.split(Self.commas($0)) } ?? []
        self.tags = try Self.text("tags", tags.isEmpty ? nil : tags.joined(separator: ", "), max: 500)
        isBillable = columns.value(.billable, in: row).map { Self.yes.contains(RawText($0).asciiLowercased) } ?? true
        email = try Self.text("email", columns.value(.email, in: row), max: 200)
        username = try Self.text("user", columns.value(.user, in: row), max: 200)
    }

    private static let yes: Set<RawText> = ["1", "true", "yes", "y"]

    /// Tags may stand between semicolons.
    private static func commas(_ tags: String) -> String {
        String(decoding: tags.utf8.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ",") : $0 }, as: UTF8.self)
    }

    private static func id(_ name: String, _ text: String?) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text), id > 0 else {
            throw "\(name) is not a valid id"
        }
        return id
    }

    private static func text(_ name: String, _ text: String?, max: Int) throws(Problem) -> String? {
        guard let text else { return nil }
        guard text.unicodeScalars.count <= max else { throw "\(name) is longer than \(max) characters" }
        return text
    }
}
