extension Project {
    static let constraints = [
        Constraint(
            "projects_client_id_name_key", "name", "A project with this name already exists for this client"),
        Constraint("projects_code_key", "code", "This code is already in use"),
        Constraint("projects_client_id_fkey", "client_id", "Client not found"),
    ]
}
