/// The text of a JSON object.
struct JSONText: Sendable {
    @RowText private(set) var text: String

    init(_ text: String) {
        _text = RowText(wrappedValue: text)
    }

    @inline(__always)
    init(_ text: RowText) {
        _text = text
    }

    @inline(__always)
    var rowText: RowText { _text }

    static let emptyObject = JSONText("{}")
}
