/// An exact number as the database prints it, with as many decimals as it was computed to.
struct NumericText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
