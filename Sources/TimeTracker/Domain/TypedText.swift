/// A value that people type into a form: what stands there when the form is opened, such that sending it back changes
/// nothing.
protocol TypedText {
    var typed: String { get }
}

extension String: TypedText {
    var typed: String { self }
}

extension Int64: TypedText {
    var typed: String { "\(self)" }
}

/// As a box that is ticked or not.
extension Bool: TypedText {
    var typed: String { self ? "on" : "" }
}

/// `1234.50` for money, `1.5` for everything else.
extension Amount: TypedText {
    var typed: String { Unit.self == MoneyUnit.self ? text : short }
}

extension ID: TypedText {
    var typed: String { "\(self)" }
}

extension Day: TypedText {
    var typed: String { text }
}

extension JSONText: TypedText {
    var typed: String { text }
}

/// Words.
extension TypedText where Self: RawRepresentable, RawValue == String {
    var typed: String { rawValue }
}
