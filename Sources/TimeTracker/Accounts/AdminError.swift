/// A command that could not be carried out, in words for the person at the keyboard.
public struct AdminError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
