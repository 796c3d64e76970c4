/// Which column of an import file holds what: our own columns and those of the exports of Toggl Track, Clockify,
/// Harvest and Kimai (behaviour.md §6.2).
struct ImportColumns {
    enum Meaning: CaseIterable {
        case projectID, projectName, clientName, taskID, taskName, startDate, start, endDate, end, duration, notes,
            tags,
            billable, email, user

        /// Names of the column, normalised; of several that a file has, the first of this list counts.
        fileprivate var names: [String] {
            switch self {
            case .projectID: ["project_id"]
            case .projectName: ["project_name", "project"]
            case .clientName: ["client_name", "client", "customer"]
            case .taskID: ["task_id"]
            case .taskName: ["task_name", "task", "activity"]
            case .startDate: ["start_date", "date"]
            case .start: ["start_time", "start", "from", "begin"]
            case .endDate: ["end_date"]
            case .end: ["end_time", "end", "to"]
            case .duration: ["duration_hours", "duration", "duration_(h)", "duration_(decimal)", "hours"]
            case .notes: ["notes", "description"]
            case .tags: ["tags"]
            case .billable: ["billable", "billable?"]
            case .email: ["email"]
            case .user: ["username", "user"]
            }
        }
    }

    private var positions: [Meaning: Int] = [:]
    /// Columns that mean nothing here, each once, as far as they are told.
    private(set) var unknown: [RawText] = []

    /// Unknown columns that are told.
    private static let shownUnknown = 50
    /// Code points of a column's name that are told.
    private static let shownLength = 100

    init(header: [String]) {
        // Of columns with the same name the first counts.
        let names = Dictionary(header.enumerated().map { (Self.normalise($1), $0) }) { first, _ in first }
        var known: Set<RawText> = [""]
        for meaning in Meaning.allCases {
            let own = meaning.names.map { RawText($0) }
            known.formUnion(own)
            positions[meaning] = own.lazy.compactMap { names[$0] }.first
        }
        var seen: Set<RawText> = []
        for name in header.map({ RawText($0).trimmed }) where !name.isEmpty && unknown.count < Self.shownUnknown {
            let normalised = Self.normalise(name.unchecked)
            let isKnown = !normalised.isEmpty && known.contains(normalised)
            if !isKnown, seen.insert(name).inserted { unknown.append(name.prefix(codePoints: Self.shownLength)) }
        }
    }

    /// In lower case, with an underscore for each blank and hyphen. No name of ours is long.
    private static func normalise(_ name: String) -> RawText {
        guard let name = RawText(name).asciiLowercased.short else { return "" }
        return RawText(decoding: name.utf8.map { $0 == 0x20 || $0 == 0x2D ? 0x5F : $0 })
    }

    /// What a column means, by its place from 0; nil when it is ignored.
    func meaning(at place: Int) -> Meaning? { positions.first { $0.value == place }?.key }

    /// Whether a file with these columns can hold entries at all.
    var areUsable: Bool {
        [.projectID, .projectName, .startDate, .start].contains { positions[$0] != nil }
    }

    /// The trimmed field; nil when the column is missing, the row too short, or the field blank.
    func value(_ meaning: Meaning, in row: [String]) -> String? {
        guard let position = positions[meaning], position < row.count else { return nil }
        let text = Tags.trim(row[position])
        return text.isEmpty ? nil : text
    }
}
