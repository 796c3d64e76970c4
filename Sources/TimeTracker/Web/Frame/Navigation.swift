import Synchronization

/// A place of the web application: one list for the menu, the `g` keys and the sheet of shortcuts.
struct Navigation: Sendable {
    enum Audience: Sendable {
        case everybody, writers, administrators
    }

    let path: String
    let label: String
    /// Id in the sprite.
    let icon: String
    /// Pressed after `g`.
    let key: String
    var audience = Audience.everybody
    var module: Module?

    static let dashboard = Navigation(path: "/dashboard", label: "Dashboard", icon: "home", key: "d")
    static let timesheet = Navigation(path: "/timesheet", label: "Timesheet", icon: "week", key: "t")
    static let entries = Navigation(path: "/entries", label: "Entries", icon: "list", key: "e")
    static let projects = Navigation(path: "/projects", label: "Projects", icon: "folder", key: "p")
    static let tasks = Navigation(path: "/tasks", label: "Tasks", icon: "check", key: "k")
    static let clients = Navigation(path: "/clients", label: "Clients", icon: "people", key: "c", module: .clients)
    static let quotes = Navigation(path: "/quotes", label: "Quotes", icon: "quote", key: "q", module: .quotes)
    static let inventory = Navigation(
        path: "/inventory", label: "Inventory", icon: "box", key: "v", module: .inventory)
    static let reports = Navigation(path: "/reports", label: "Reports", icon: "chart", key: "r", module: .reports)
    static let exchange = Navigation(
        path: "/import-export", label: "Import/Export", icon: "swap", key: "i", audience: .writers)
    static let users = Navigation(
        path: UserPages.home, label: "Users", icon: "person", key: "u", audience: .administrators)
    static let tokens = Navigation(
        path: "/admin/api-tokens", label: "API tokens", icon: "key", key: "a", audience: .administrators)
    static let webhooks = Navigation(
        path: "/admin/webhooks", label: "Webhooks", icon: "hook", key: "w", audience: .administrators)
    static let activity = Navigation(
        path: "/admin/activity", label: "Activity log", icon: "log", key: "l", audience: .administrators)
    static let settings = Navigation(
        path: "/admin/settings", label: "Settings", icon: "gear", key: "s", audience: .administrators)

    static let system = Navigation(
        path: SystemPages.home, label: "System", icon: "server", key: "y", audience: .administrators)

    static let all = [
        dashboard, timesheet, entries, projects, tasks, clients, quotes, inventory, reports, exchange, users, tokens,
        webhooks, activity, settings, system,
    ]

    func isShown(to principal: Principal, _ settings: Settings) -> Bool {
        if let module, !settings.opens(module, to: principal) { return false }
        return switch audience {
        case .everybody: true
        case .writers: principal.isWriter
        case .administrators: principal.isAdmin
        }
    }

    /// The items of the menu.
    ///
    /// - Parameter current: the place that the page belongs to.
    static func html(for principal: Principal, _ settings: Settings, current: String?) -> HTML {
        let shown = all.map { $0.isShown(to: principal, settings) }
        let key = Menu(shown: shown, current: current)
        if let known = menus.withLock({ $0[key] }) { return known }
        let html = html(zip(all, shown).filter(\.1).map(\.0), current: current)
        menus.withLock { menus in
            // There is one for each kind of person, set of modules and place.
            if menus.count >= 500 { menus = [:] }
            menus[key] = html
        }
        return html
    }

    /// What tells menus apart.
    private struct Menu: Hashable {
        let shown: [Bool]
        let current: String?
    }

    private static let menus = Mutex<[Menu: HTML]>([:])

    private static func html(_ places: [Navigation], current: String?) -> HTML {
        var html = HTMLWriter()
        for place in places {
            html.literal("<li><a href=\"")
            html.text(place.path)
            html.literal("\" data-key=\"")
            html.text(place.key)
            html.literal(place.path == current ? "\" aria-current=\"page\">" : "\">")
            html.icon(place.icon)
            html.text(place.label)
            html.literal("</a></li>\n")
        }
        return html.finish()
    }
}
