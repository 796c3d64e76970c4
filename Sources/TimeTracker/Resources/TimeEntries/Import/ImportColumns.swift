/// Which column of an import file holds what (contract 02 §4.9).
struct ImportColumns {
    enum Meaning: CaseIterable {
        case projectID, projectName, clientName, taskID, taskName, start, end, durationHours, notes, tags, billable

        /// Names of the column, normalised.
        fileprivate var names: [String] {
            switch self {
            case .projectID: ["project_id"]
            case .projectName: ["project_name", "project"]
            case .clientName: ["client_name", "client"]
            case .taskID: ["task_id"]
            case .taskName: ["task_name", "task"]
            case .start: ["start_time", "start"]
            case .end: ["end_time", "end"]
            case .durationHours: ["duration_hours"]
            case .notes: ["notes", "description"]
            case .tags: ["tags"]
            case .billable: ["billable"]
            }
        }
    }

    private var positions: [Meaning: Int] = [:]

    init(header: [String]) {
        // Of columns with the same name the first counts.
        let names = Dictionary(header.enumerated().map { (Self.normalise($1), $0) }) { first, _ in first }
        for meaning in Meaning.allCases {
            positions[meaning] = meaning.names.lazy.compactMap { names[RawText($0)] }.first
        }
    }

    /// In lower case, with an underscore for each blank and hyphen. No name of ours is long.
    private static func normalise(_ name: String) -> RawText {
        guard let name = RawText(name).asciiLowercased.short else { return "" }
        return RawText(decoding: name.utf8.map { $0 == 0x20 || $0 == 0x2D ? 0x5F : $0 })
    }

    /// Whether a file with these columns can hold entries at all.
    var areUsable: Bool {
        positions[.projectID] != nil || positions[.projectName] != nil || positions[.start] != nil
    }

    /// The trimmed field; nil when the column is missing, the row too short, or the field blank.
    func value(_ meaning: Meaning, in row: [String]) -> String? {
        guard let position = positions[meaning], position < row.count else { return nil }
        let text = Tags.trim(row[position])
        return text.isEmpty ? nil : text
    }
}
