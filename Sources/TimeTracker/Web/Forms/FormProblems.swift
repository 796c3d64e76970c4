import Postgres

/// Why a form was not carried out, for the person who typed it.
struct FormProblems: Sendable {
    private var fields = ValidationErrors()
    /// What concerns no single field.
    private var general: [String] = []
    /// The machine-readable reason, of a refusal that has one.
    private(set) var code = "validation_error"

    init(_ field: String, _ message: String) {
        fields.add(field, message)
    }

    init(general message: String) {
        general = [message]
    }

    /// Nil for what is no refusal of the input: it goes the way of all errors.
    init?(_ error: any Error) {
        switch error {
        case let error as ValidationError:
            fields = error.errors
        case let error as APIError where [.badRequest, .conflict, .preconditionFailed].contains(error.kind):
            code = error.code
            if let fields = error.fields { self.fields = fields } else { general = [error.message] }
        case let error as PostgresError where error.code == .lockTimeout || error.code == .serialization:
            general = ["Somebody else is changing the same thing. Try again."]
        case let error as PostgresError:
            guard [.uniqueViolation, .foreignKeyViolation, .checkViolation, .invalidInput].contains(error.code) else {
                return nil
            }
            if let known = Constraints.refusal(of: error)?.fields {
                fields = known
            } else {
                general = ["What was typed doesn't fit what is stored."]
            }
        default: return nil
        }
    }

    func text(for field: FormField) -> String? {
        let names = Self.names(of: field)
        let found = names.compactMap { fields[$0] }.joined().map { Self.sentence($0, field.label) }
        return found.isEmpty ? nil : found.joined(separator: " ")
    }

    /// All of them, each with the field it belongs to where that isn't plain.
    var texts: [String] { fields.names.flatMap { fields[$0] ?? [] } + general }

    /// What the summary above a form says: each problem with the field it belongs to.
    func listed(_ formFields: [FormField]) -> [[String: Any]] {
        var listed: [[String: Any]] = formFields.compactMap { field in
            text(for: field).map {
                [
                    "field": field.name, "text": $0.hasPrefix(field.label) ? $0 : "\(field.label): \($0)",
                    "is_linked": true,
                ] as [String: Any]
            }
        }
        let known = Set(formFields.flatMap(Self.names))
        let others = fields.names.filter { !known.contains($0) }.flatMap { fields[$0] ?? [] }
        listed += (general + others).map { ["text": $0, "is_linked": false] as [String: Any] }
        return listed
    }

    /// The members of an operation's body that a field stands for.
    private static func names(of field: FormField) -> [String] {
        field.isPlace ? [field.name, "project_id", "task_id", "client_id"] : [field.member ?? field.name]
    }

    /// `project_id is required` in words that fit a form.
    private static func sentence(_ message: String, _ label: String) -> String {
        message.hasSuffix(" is required") ? "\(label) is needed." : message
    }
}
