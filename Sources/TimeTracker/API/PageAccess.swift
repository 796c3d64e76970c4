import HTTPTypes

/// Who may see a page, and what its refusals look like.
public struct PageAccess: Sendable {
    enum Audience: Sendable {
        /// Whoever comes, also before the first-run setup.
        case setup
        /// Whoever comes.
        case anyone
        /// Who has signed in.
        case user
        /// The same, even with a password that has to be changed first.
        case userWithAnyPassword
        case admin

        /// Whether a form whose token has expired is shown once more with what was typed; not those with passwords.
        var keepsForms: Bool { self == .user || self == .admin }
    }

    let audience: Audience
    /// Where a form whose token has expired leads back to; nil = the page itself.
    let form: String?

    static let setup = Self(audience: .setup, form: nil)
    static let anyone = Self(audience: .anyone, form: nil)
    static let user = Self(audience: .user, form: nil)
    static let userWithAnyPassword = Self(audience: .userWithAnyPassword, form: nil)
    static let admin = Self(audience: .admin, form: nil)

    /// The action of a form on another page.
    static func action(of form: String) -> Self { Self(audience: .user, form: form) }

    /// For administrators; the action of a form on another page.
    static func adminAction(of form: String) -> Self { Self(audience: .admin, form: form) }
}
