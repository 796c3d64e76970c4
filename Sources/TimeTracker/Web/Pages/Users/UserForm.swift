/// The form of a user (``UserInput``).
enum UserForm {
    /// Of clients to choose from; a form has a thousand fields at most.
    static let mostClients = 900

    static let roles: [FormField.Option] = Role.allCases.map { .init(value: $0.rawValue, name: $0.words) }

    /// - Parameters:
    ///   - isNew: whether the password is the account's first one.
    ///   - clients: that can be assigned.
    static func fields(isNew: Bool, clients: [FormField.Option]) -> [FormField] {
        let length = "\(PasswordHash.minLength) characters or more"
        let account = [
            FormField(
                name: "username", label: "User name", hint: "To sign in with: a-z, 0-9, dot, underscore, hyphen.",
                isRequired: true, maxLength: Username.maxLength, emptiness: .text, isShort: true),
            FormField(name: "full_name", label: "Full name", maxLength: 200),
            FormField(name: "email", label: "Email", control: .input("email"), maxLength: 200),
            FormField(
                name: "role", label: "Role", control: .select(roles), hint: "Another one ends the user's sessions.",
                emptiness: .absent, isShort: true),
            FormField(
                name: "is_active", label: "Active", control: .check,
                hint: "Who is inactive can't sign in, and the API tokens don't work."),
        ]
        let password = [
            FormField(
                name: "password", label: isNew ? "Password" : "New password", control: .input("password"),
                hint: isNew
                    ? "\(length). Without one, nobody can sign in until the password is reset."
                    : "\(length). Empty: the old one stays. A new one ends the user's sessions.", isShort: true),
            FormField(name: "confirm", label: "The same again", control: .input("password"), isShort: true),
            FormField(
                name: "must_change_password", label: "The password has to be changed at the next sign-in",
                control: .check),
        ]
        let assigned = FormField(
            name: "client_ids", label: "Assigned clients", control: .checks(clients),
            hint: "All that a subcontractor sees; whoever has another role has none.")
        return account + password + (clients.isEmpty ? [] : [assigned])
    }

    /// Those of the operation.
    static func members(_ fields: [FormField], _ form: FormBody) -> [(String, JSONValue)] {
        fields.compactMap { field in
            if case .input("password") = field.control { return nil }
            return field.value(in: form).map { (field.name, $0) }
        }
    }

    static func values(_ user: User, _ access: UserStore.Access, clientIDs: [Int64]) -> [String: String] {
        [
            "username": user.username, "full_name": user.fullName ?? "", "email": user.email ?? "",
            "role": user.shownRole.rawValue, "is_active": user.isActive ? "on" : "",
            "must_change_password": access.mustChangePassword ? "on" : "",
            "client_ids": clientIDs.map(String.init).joined(separator: ","),
        ]
    }
}

extension Role {
    /// As a list of roles says it.
    var words: String {
        switch self {
        case .admin: "Administrator"
        case .manager: "Manager"
        case .user: "User"
        case .viewer: "Viewer"
        case .subcontractor: "Subcontractor"
        }
    }
}

extension User {
    /// Administrator also for those whom an assigned role makes one.
    var shownRole: Role { isAdmin ? .admin : role }
}
