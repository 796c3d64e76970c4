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
        let names = header.map(Self.normalise)
        for meaning in Meaning.allCases {
            positions[meaning] = meaning.names.lazy.compactMap { names.firstIndex(of: $0) }.first
        }
    }

    private static func normalise(_ name: String) -> String {
        String(Tags.trim(name).lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
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
