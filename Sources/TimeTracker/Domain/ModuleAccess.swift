extension Settings {
    /// Whether a module's pages and routes are open to somebody. Administrators keep the clients, without whom nothing can
    /// be repaired (behaviour.md §2.7).
    func opens(_ module: Module, to principal: Principal) -> Bool {
        principal.isAdmin && module == .clients
            || isEnabled(module) && !principal.hiddenModules.contains(module.rawValue)
    }
}
