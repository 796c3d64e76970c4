/// The fields of a user's body (behaviour.md §11.3).
enum UserInput {
    static let username = InputField<String>.string(
        "username", max: Username.maxLength, min: 1, required: "username is required"
    ).map { Username.normalise($0) }
    static let email = InputField<String>.email("email")
    static let fullName = InputField<String>.string("full_name", max: 200, emptyIsNull: true, nullable: true)
    static let role = InputField<Role>.word("role")
    static let isActive = InputField<Bool>.boolean("is_active")
    static let mustChangePassword = InputField<Bool>.boolean("must_change_password")
    static let clientIDs = InputField<[Int64]>.custom(
        "client_ids", schema: .array(of: .integer(), description: "Clients that a subcontractor sees")
    ) { value in
        guard let values = value.arrayValue else { return .failure("Not a valid list.") }
        let ids = values.map { $0.stringValue?.short.flatMap { Int64($0) } ?? 0 }
        guard ids.allSatisfy({ $0 > 0 }) else { return .failure("Not a valid list.") }
        return .success(Set(ids).sorted())
    }

    static let body = BodySchema(
        "UserInput", [username, email, fullName, role, isActive, mustChangePassword, clientIDs])
}

extension UserChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
        username = input.get(UserInput.username)
        let address = input.get(UserInput.email)
        email = address.value?.isEmpty == true ? .null : address
        fullName = input.get(UserInput.fullName)
        role = input.get(UserInput.role)
        isActive = input.get(UserInput.isActive)
        mustChangePassword = input.get(UserInput.mustChangePassword)
        clientIDs = input.get(UserInput.clientIDs)
    }
}
