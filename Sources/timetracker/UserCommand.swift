import ArgumentParser
import Postgres
import TimeTracker

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage user accounts.",
        subcommands: [Create.self, List.self, SetPassword.self, Deactivate.self])

    struct PasswordOptions: ParsableArguments, Sendable {
        @Option(help: "The password, 8 characters or more.")
        var password: String?

        @Flag(help: "Read the password from the first line of standard input.")
        var passwordStdin = false

        func validate() throws {
            if (password == nil) != passwordStdin {
                throw ValidationError("Give either --password or --password-stdin.")
            }
        }

        func read() throws -> String { try password ?? Terminal.readSecret() }
    }

    struct Create: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "Make a user.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Name to sign in with: a-z, 0-9, dot, underscore, hyphen.") var name: String
        @OptionGroup var password: PasswordOptions
        @Option(help: "admin, manager, user, viewer or subcontractor.") var role = "user"
        @Option(help: "Name to show.") var fullName: String?

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            let id = try await UserAdmin(db: db).create(
                name, password: try password.read(), role: role, fullName: fullName)
            Terminal.print("created user \(name) (id \(id), \(role))")
        }
    }

    struct List: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "List users.")
        @OptionGroup var common: CommonOptions

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            let users = try await UserAdmin(db: db).list()
            Terminal.table(
                [["ID", "USERNAME", "ROLE", "STATUS", "LAST LOGIN"]]
                    + users.map {
                        [
                            "\($0.id)", $0.username, $0.role.rawValue, $0.isActive ? "active" : "inactive",
                            $0.lastLogin?.text ?? "never",
                        ]
                    })
        }
    }

    struct SetPassword: DatabaseCommand {
        static let configuration = CommandConfiguration(commandName: "set-password", abstract: "Set a user's password.")
        @OptionGroup var common: CommonOptions
        @Argument var name: String
        @OptionGroup var password: PasswordOptions

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            try await UserAdmin(db: db).setPassword(name, password: try password.read())
            Terminal.print("password of \(name) set")
        }
    }

    struct Deactivate: DatabaseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lock a user out; their tokens stop working within a second.")
        @OptionGroup var common: CommonOptions
        @Argument var name: String

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            try await UserAdmin(db: db).deactivate(name)
            Terminal.print("deactivated \(name)")
        }
    }
}
