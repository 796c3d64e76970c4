extension Principal {
    /// Viewers may read only; every write but their own profile is refused (behaviour.md §2.5).
    func requireWriter() throws {
        if role == .viewer, !isAdmin { throw APIError.forbidden("Viewers have read-only access") }
    }
}
