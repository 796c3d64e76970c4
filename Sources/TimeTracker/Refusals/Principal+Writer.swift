extension Principal {
    /// Viewers may read only; every write but their own profile is refused (contract 00 §3).
    func requireWriter() throws {
        if role == .viewer, !isAdmin { throw APIError.forbidden("Viewers have read-only access") }
    }
}
