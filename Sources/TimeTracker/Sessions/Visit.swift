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

extension Exchange {
    /// Set on browser routes only.
    var visit: Visit? {
        get { note as? Visit }
        set { note = newValue }
    }
}
