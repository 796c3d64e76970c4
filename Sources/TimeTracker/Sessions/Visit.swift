/// Who is on the other side of a browser request, as far as cookies tell.
struct Visit: Sendable {
    /// Nil when not signed in.
    let session: SessionID?
    let user: SessionUser?
    /// What forms of this visit must send back.
    let csrfToken: String
    /// What forms have that were made with the server's key before this one.
    var formerCSRFToken: String?
    let flash: Flash?
}

/// One line that the next page shows once. It travels as a code in a cookie, so that nobody can put words on our pages.
enum Flash: String, Sendable, CaseIterable {
    case formExpired = "form-expired"
    case signedOut = "signed-out"
    case passwordChanged = "password-changed"
    case tokenActivated = "token-activated"
    case tokenDeactivated = "token-deactivated"
    case tokenDeleted = "token-deleted"
    case setUp = "set-up"

    static let cookieName = "flash"

    init?(_ cookie: RawText) {
        guard let flash = Self.allCases.first(where: { RawText($0.rawValue) == cookie }) else { return nil }
        self = flash
    }

    var text: String {
        switch self {
        case .formExpired: "The form had expired. Please try again."
        case .signedOut: "You have signed out."
        case .passwordChanged: "Your password has been changed."
        case .tokenActivated: "The token is active."
        case .tokenDeactivated: "The token is no longer active."
        case .tokenDeleted: "The token has been deleted."
        case .setUp: "Setup is complete. Sign in with the account you have just made."
        }
    }

    var isProblem: Bool { self == .formExpired }
}

extension Exchange {
    /// Set on browser routes only.
    var visit: Visit? {
        get { note as? Visit }
        set { note = newValue }
    }
}
