/// The text of a JSON object.
struct JSONText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static let emptyObject = JSONText("{}")
}
